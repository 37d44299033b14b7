/* layout.c: the frame of the pages and their small common pieces; see pages.h. */
#include <stdio.h>

#include "web/app.h"
#include "web/pages/pages.h"

enum {
    CLERK = BIT(ROLE_CLERK),
    LEADER = BIT(ROLE_LEADER),
    ADMINISTRATOR = BIT(ROLE_ADMINISTRATOR)
};
/* What a standby shows is not called old before that: the primary is asked every second. */
enum { LATE_MS = 2500 };

/* The navigation: which entry is for whom. Administrators see accounts and no items. */
static const struct {
    const char *name, *href, *label;
    uint32_t who;
} entries[] = {
    {"mine", "/mine", N_("My work"), BIT(ROLE_LIAISON) | BIT(ROLE_RESPONSIBLE)},
    {"checks", "/checks", N_("To be checked"), BIT(ROLE_VERIFIER)},
    {"items", "/items", N_("Items"), ~BIT(ROLE_ADMINISTRATOR)},
    {"board", "/board", N_("Board"), ~BIT(ROLE_ADMINISTRATOR)},
    {"instructions", "/instructions", N_("Instructions"), ~BIT(ROLE_ADMINISTRATOR)},
    {"import", "/import", N_("Import"), CLERK},
    {"audit", "/audit", N_("Audit"), BIT(ROLE_AUDITOR)},
    {"people", "/people", N_("People"), ADMINISTRATOR},
    {"units", "/units", N_("Units"), CLERK | ADMINISTRATOR},
    {"campaigns", "/campaigns", N_("Campaigns"), CLERK | ADMINISTRATOR},
};
enum { ENTRIES = sizeof entries / sizeof entries[0] };

/* "2026-11-25 18:05:09": where seconds matter. */
static struct text second(struct request *q, int64_t ms)
{
    char out[20];

    return arena_text(q->arena, ledger_time(&q->app->writer, ms, out));
}

static struct text cut_off(struct request *q)
{
    if (!q->cut)
        return T("");
    return page_say(q,
                    N_("Nothing can be written just now: the database's primary server does not "
                       "answer. What you see is of {0}. What you type in a form is kept; send it "
                       "again in a moment."),
                    second(q, q->as_of ? q->as_of : q->app->env->now(q->app->env)));
}

void page_open(struct request *q, struct response *r, struct text title, const char *here)
{
    struct page_nav nav[ENTRIES];
    size_t count = 0;

    if (q->fragment)
        return;
    for (int i = 0; i < ENTRIES; i++)
        if (q->viewer.roles & entries[i].who)
            nav[count++] =
                (struct page_nav){text_of(entries[i].name), text_of(entries[i].href),
                                  page_tr(q, entries[i].label), strcmp(entries[i].name, here) == 0};
    page_head(&r->body, q->lang,
              &(struct page_head){.title = title,
                                  .ledger = q->signed_in ? text_of(q->app->writer.name)
                                                         : page_tr(q, N_("Xiaohao")),
                                  .lang = q->lang == LANG_ZH ? T("zh-CN") : T("en"),
                                  .other = q->lang == LANG_ZH ? T("en") : T("zh"),
                                  .other_label = q->lang == LANG_ZH ? T("English") : T("中文"),
                                  .signed_in = q->signed_in,
                                  .person = q->signed_in ? q->person_name : T(""),
                                  .unit = q->signed_in ? q->unit_name : T(""),
                                  .who = q->signed_in ? q->viewer.person : T(""),
                                  .csrf = q->signed_in ? text_of(q->csrf) : T(""),
                                  .target = q->method == METHOD_GET ? q->target : T("/"),
                                  .query = query_text(q, "q"),
                                  .again = q->again,
                                  .cut = cut_off(q),
                                  .nav = nav,
                                  .nav_count = count});
}

void page_shut(struct request *q, struct response *r)
{
    int64_t now = q->app->env->now(q->app->env);
    bool late = q->as_of && now - q->as_of > LATE_MS;

    if (q->fragment)
        return;
    page_foot(&r->body, q->lang,
              &(struct page_foot){.ledger = text_of(q->app->writer.name),
                                  .now = late ? second(q, q->as_of) : page_time(q, now),
                                  .late = late,
                                  .version = T(XH_VERSION)});
}

void page_error(struct request *q, struct response *r, int status, struct text sentence)
{
    struct text title = page_tr(q, status == 404   ? N_("Not found")
                                   : status == 403 ? N_("Not allowed")
                                                   : N_("This did not work"));

    page_open(q, r, title, "");
    page_error_sheet(&r->body, q->lang,
                     &(struct page_error_sheet){.title = title, .sentence = sentence});
    page_shut(q, r);
}

struct text page_day(struct request *q, int32_t day)
{
    char iso[11];

    return arena_text(q->arena, date_iso(day, iso));
}

struct text page_time(struct request *q, int64_t ms)
{
    char out[20];

    return arena_text(q->arena, text_head(ledger_time(&q->app->writer, ms, out), 16));
}

struct text page_word(const struct request *q, const struct vocabulary *v, int64_t word)
{
    return word_label(v, word, q->lang);
}

struct text page_channel(struct request *q, struct text via)
{
    static const struct {
        const char *key, *label;
    } channels[] = {{"web", N_("browser")},      {"api", N_("program")},
                    {"cli", N_("command line")}, {"import", N_("import")},
                    {"tick", N_("clock")},       {"bundle", N_("exchange bundle")}};
    struct text rest = via, key;

    text_cut(&rest, ':', &key);
    for (size_t i = 0; i < sizeof channels / sizeof channels[0]; i++)
        if (text_eq(key, text_of(channels[i].key)))
            return rest.n ? page_say(q, N_("{0} ({1})"), page_tr(q, channels[i].label), rest)
                          : page_tr(q, channels[i].label);
    return via;
}

struct text page_tr(const struct request *q, const char *sentence)
{
    return text_of(tr(q->lang, sentence));
}

struct text page_say_to(struct request *q, const char *sentence, const struct text *args, int count)
{
    buf_auto struct buf out = BUF(BUF_ANY);

    lang_format(&out, tr(q->lang, sentence), args, count);
    return arena_text(q->arena, buf_view(&out));
}

void page_seen(struct request *q, enum access_kind kind, struct text item, struct text what)
{
    struct err err = {0};

    if (access_note(background_access(q->app->background),
                    &(struct access){.item = item,
                                     .person = q->viewer.person,
                                     .what = what,
                                     .kind = kind,
                                     .channel = q->authorization.n ? ACCESS_API : ACCESS_WEB},
                    &err) != 0)
        fprintf(stderr, "access log: not noted\n");
}

void page_refusal(struct buf *out, const struct request *q, const struct verdict *v)
{
    if (v->rule == RULE_MISSING)
        say(out, q->lang, N_("{0} is missing."),
            text_of(tr(q->lang, arena_cstr(q->arena, v->texts[0]))));
    else
        verdict_say(out, q->lang, v);
}

struct text page_key(struct request *q)
{
    char uuid[37];
    struct err err;

    return env_uuid(q->app->env, uuid, &err) == 0 ? arena_text(q->arena, text_of(uuid)) : T("");
}

struct page_mark page_state(const struct request *q, int64_t state, bool taken_over)
{
    static const char *const colours[STATE_COUNT] = {
        [STATE_REGISTERED] = "new",    [STATE_ASSIGNED] = "new",      [STATE_ACCEPTED] = "work",
        [STATE_PLANNED] = "work",      [STATE_IN_PROGRESS] = "work",  [STATE_APPLIED] = "wait",
        [STATE_VERIFIED] = "wait",     [STATE_STRUCK_OFF] = "closed", [STATE_STANDING] = "closed",
        [STATE_TRANSFERRED] = "aside", [STATE_MERGED] = "aside",      [STATE_WITHDRAWN] = "aside",
    };

    return (struct page_mark){.label = taken_over && state == STATE_STRUCK_OFF
                                           ? page_tr(q, N_("struck off (older book)"))
                                           : page_word(q, &states, state),
                              .kind = text_of(colours[state])};
}
