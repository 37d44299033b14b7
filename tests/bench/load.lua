-- load.lua: what wrk asks and what it counts. load.py writes the plan:
--   return {expect = {[200] = true}, away = "/sign-in", headers = {…},
--           requests = {{"GET", "/path"}, {"POST", "/path", "body"}, …}}
-- One of the requests is drawn each time. @ in a body becomes a number that no other request has.
-- An answer is wrong when its status is not expected or when it leads to the sign-in. For one
-- thread: what it counted is read in the end from its own state.
local plan, ready = nil, {}
local number = 0
local thread
wrong = 0

function setup(it)
    thread = it
end

function init(args)
    plan = dofile(args[1])
    math.randomseed(1)
    for i, r in ipairs(plan.requests) do
        local each = r[3] and r[3]:find("@", 1, true)
        ready[i] = not each and wrk.format(r[1], r[2], plan.headers, r[3])
    end
end

function request()
    local i = math.random(#ready)
    if ready[i] then
        return ready[i]
    end
    local r = plan.requests[i]
    number = number + 1
    return wrk.format(r[1], r[2], plan.headers, (r[3]:gsub("@", tostring(plan.start + number))))
end

function response(status, headers)
    local to = headers["Location"] or headers["location"]
    if not plan.expect[status] or (to and to:find(plan.away, 1, true)) then
        wrong = wrong + 1
    end
end

function done(summary, latency)
    local e = summary.errors
    print(string.format("counted %d %d %d %d %d", summary.requests, summary.duration,
        latency:percentile(50), latency:percentile(99),
        thread:get("wrong") + e.connect + e.read + e.write + e.timeout))
end
