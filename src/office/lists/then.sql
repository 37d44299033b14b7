-- What stood at the end of a past day, from what projections.sqlite.sql keeps of each day. With
-- today it is what stands now. A file that uses these names the day's parameter as fragment `then`.

-- Of the item i: h is what it was then, unless i itself says so already. An item that was not there
-- then is left out by item_then_there.
-- fragment item_then_day
h.item = i.id AND h.day = CASE WHEN i.day > {{then}} THEN (SELECT MAX(m.day) FROM item_day m
    WHERE m.item = i.id AND m.day <= {{then}}) END
-- fragment item_then_there
(i.day <= {{then}} OR h.item IS NOT NULL)

-- Likewise of the unit u, with w.
-- fragment unit_then_day
w.unit = u.id AND w.day = CASE WHEN u.day > {{then}} THEN (SELECT MAX(m.day) FROM unit_day m
    WHERE m.unit = u.id AND m.day <= {{then}}) END
-- fragment unit_then_there
(u.day <= {{then}} OR w.unit IS NOT NULL)
