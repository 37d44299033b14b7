/* cmd_search.c: `search WORDS…`: items by what they say and what was said about them. */
#include "cli/grid.h"
#include "cli/looking.h"
#include "office/lists/plain.h"
#include "office/search/search.h"

/* Takes in what is new: after a large import once some seconds' work, which can be broken off and
 * goes on the next time. The index is written through a connection of its own, since a search only
 * reads. Where that cannot be (no right to write, somebody is writing), the search says how far
 * behind it is. */
static void catch_up(struct cli *c, struct looking *look)
{
    struct ledger writer;
    struct err err = {0};
    int64_t behind;

    if (search_behind(look->ledger, &behind, &err) != 0 || behind == 0)
        return;
    store_rollback(look->ledger->store);
    if (ledger_open(&writer, c->dir, false, &c->env, &err) == 0) {
        search_catch_up(&writer, INT64_MAX, cli_progress, c, &err);
        ledger_close(&writer);
    }
}

/* The snippet on one line; on a terminal with 【】 around what was found. */
static void put_snippet(struct buf *out, const struct search_hit *hit, bool marks)
{
    struct text t = hit->snippet;
    size_t at = 0;

    if (hit->cut_before)
        buf_str(out, "…");
    for (size_t i = 0; marks && i < hit->span_count; i++) {
        buf_bytes(out, t.p + at, hit->spans[i].from - at);
        buf_str(out, "【");
        buf_bytes(out, t.p + hit->spans[i].from, hit->spans[i].to - hit->spans[i].from);
        buf_str(out, "】");
        at = hit->spans[i].to;
    }
    buf_text(out, text_from(t, at));
    if (hit->cut_behind)
        buf_str(out, "…");
}

static int print_table(struct cli *c, const struct search_page *page)
{
    const struct text headers[] = {
        text_of(tr(c->lang, N_("Code"))), text_of(tr(c->lang, N_("State"))),
        text_of(tr(c->lang, N_("Lead unit"))), text_of(tr(c->lang, N_("Found in"))), text_of("")};
    struct grid grid;

    grid_open(&grid, c, headers, 5);
    for (size_t i = 0; i < page->count; i++) {
        const struct search_hit *hit = &page->hits[i];
        buf_auto struct buf snippet = BUF(1u << 16);
        put_snippet(&snippet, hit, c->terminal);
        const struct text cells[] = {
            hit->code, word_label(&states, hit->state, c->lang), hit->lead,
            text_of(tr(c->lang, search_field_label(hit->field, hit->said))), buf_view(&snippet)};
        if (grid_row(&grid, cells) != 0)
            break;
    }
    return grid_close(&grid);
}

static int print_json(struct cli *c, const struct search_page *page)
{
    buf_auto struct buf out = BUF(BUF_ANY);

    for (size_t i = 0; i < page->count; i++) {
        search_json(&out, &page->hits[i]);
        buf_char(&out, '\n');
    }
    if (page->behind)
        buf_printf(&out, "{\"behind\":%lld}\n", (long long)page->behind);
    return cli_print(c, &out);
}

/* What is not in the table: that there is none, that there are more, that some are not known yet.
 */
static int print_rest(struct cli *c, struct text words, const struct search_page *page)
{
    buf_auto struct buf out = BUF(1u << 16), plain = BUF(1u << 14);
    char number[24];

    buf_plain(&plain, words);
    if (page->count == 0)
        say(&out, c->lang, N_("Nothing was found for “{0}”.\n"), buf_view(&plain));
    if (page->more)
        say(&out, c->lang, N_("There are more; go on with --after {0}.\n"),
            page->hits[page->count - 1].code);
    if (page->behind) {
        snprintf(number, sizeof number, "%lld", (long long)page->behind);
        say(&out, c->lang,
            N_("The index is {0} entries behind; what they say was not searched. Search again.\n"),
            text_of(number));
    }
    return cli_print(c, &out);
}

static struct text join_words(struct cli *c)
{
    struct text words = T("");

    for (int i = 0; cli_arg(c, i); i++) {
        words = i ? arena_join(&c->arena, words, T(" ")) : words;
        words = arena_join(&c->arena, words, text_of(cli_arg(c, i)));
    }
    return words;
}

static int run(struct cli *c, struct looking *look, struct text words)
{
    const char *after = cli_option(c, "after"), *limit = cli_option(c, "limit");
    struct list_query query = {.kind = LIST_PROBLEMS};
    struct search_page page;
    struct err err = {0};
    int status = looking_open(c, look);

    if (status || (status = looking_query(c, look, &query)) != 0)
        return status;
    if (limit && !looking_number(limit, &query.limit))
        return cli_usage(c, N_("{0} is no number of rows"), text_of(limit));
    catch_up(c, look);
    /* One moment again, behind what was caught up with. */
    store_rollback(look->ledger->store);
    if (store_begin(look->ledger->store, STORE_READ, &err) != 0 ||
        (after &&
         list_after(&query, look->ledger, &look->viewer, text_of(after), &c->arena, &err) != 0) ||
        search(look->ledger, &look->viewer, words, &query, &page, &c->arena, &err) != 0)
        return cli_fail(c, &err);
    if (c->json)
        return print_json(c, &page);
    status = page.count ? print_table(c, &page) : 0;
    return status ? status : print_rest(c, words, &page);
}

int cmd_search(struct cli *c)
{
    struct looking look = {.ledger = &c->ledger};
    struct text words = join_words(c);
    int status;

    if (words.n == 0)
        return cli_usage(c, N_("Say what to search for: search WORDS…"), T(""));
    status = run(c, &look, words);
    looking_close(&look);
    return status;
}
