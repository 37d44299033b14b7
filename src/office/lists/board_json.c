/* board_json.c: the board as one JSON document. */
#include "office/lists/board.h"
#include "office/lists/json.h"

static void counts(struct json_out *j, const struct board_counts *c)
{
    json_key_int(j, "total", board_total(c));
    json_key_int(j, "open", board_open(c));
    json_key_int(j, "overdue", c->overdue);
    json_key_int(j, "due_within_7_days", c->soon);
    json_key_int(j, "without_deadline", board_open(c) - c->dated);
    json_key_int(j, "struck_off", c->states[STATE_STRUCK_OFF]);
    json_key_int(j, "struck_off_taken_over", c->taken_over);
    json_key_int(j, "standing", c->states[STATE_STANDING]);
    json_key_int(j, "aside", board_aside(c));
}

static void rate(struct json_out *j, const struct board_counts *c)
{
    buf_auto struct buf percent = BUF(64);
    struct json_out r;

    board_rate(&percent, c);
    json_key_any(j, "strike_off_rate");
    r = json_open(j->out);
    json_key_text(&r, "percent", buf_view(&percent));
    json_key_int(&r, "numerator", c->states[STATE_STRUCK_OFF]);
    json_key_int(&r, "denominator", board_rate_of(c));
    json_close(&r);
}

static void parts(struct json_out *j, const char *key, const struct board_part *at, size_t count)
{
    json_key_any(j, key);
    buf_char(j->out, '[');
    for (size_t i = 0; i < count; i++) {
        struct json_out part;
        if (i)
            buf_char(j->out, ',');
        part = json_open(j->out);
        json_key_text(&part, "code", at[i].code);
        json_key_text(&part, "name", at[i].name);
        counts(&part, &at[i].counts);
        rate(&part, &at[i].counts);
        json_close(&part);
    }
    buf_char(j->out, ']');
}

static void trend(struct json_out *j, const struct board *b)
{
    json_key_any(j, "trend");
    buf_char(j->out, '[');
    for (size_t i = 0; i < b->trend_count; i++) {
        const struct board_counts *c = &b->trend[i].counts;
        struct json_out point;
        char day[11];
        if (i)
            buf_char(j->out, ',');
        point = json_open(j->out);
        json_key_text(&point, "day", date_iso(b->trend[i].day, day));
        json_key_int(&point, "open", board_open(c));
        json_key_int(&point, "overdue", c->overdue);
        json_key_int(&point, "struck_off", c->states[STATE_STRUCK_OFF]);
        json_key_int(&point, "struck_off_taken_over", c->taken_over);
        json_close(&point);
    }
    buf_char(j->out, ']');
}

void board_json(struct buf *out, const struct board *b, const struct ledger *l, int64_t at)
{
    struct json_out j = json_open(out), by_state;

    json_key_text(&j, "ledger", text_of(l->name));
    json_key_moment(&j, "as_of", l, at);
    json_key_text(&j, "unit", b->unit);
    json_key_text(&j, "unit_name", b->unit_name);
    json_key_text(&j, "campaign", b->campaign);
    counts(&j, &b->total);
    rate(&j, &b->total);
    json_key_text(&j, "strike_off_rate_definition", text_of(board_rate_definition()));
    json_key_any(&j, "states");
    by_state = json_open(out);
    for (int i = 1; i < STATE_COUNT; i++)
        json_key_int(&by_state, states.words[i].key,
                     b->total.states[i] + (i == STATE_STRUCK_OFF ? b->total.taken_over : 0));
    json_close(&by_state);
    parts(&j, "units", b->units, b->unit_count);
    parts(&j, "campaigns", b->campaigns, b->campaign_count);
    if (b->trend_count)
        trend(&j, b);
    json_close(&j);
}
