/* instructions_json.c: an instruction as a JSON object. */
#include "office/instructions/instructions.h"
#include "office/lists/json.h"

/* The number, and the list of problems whose rows it counts in the words of `xiaohao list`. */
static void number(struct json_out *j, const struct board_number *n)
{
    struct list_query query = {.kind = LIST_PROBLEMS};
    struct json_out number, q;
    bool first = true;

    json_key_any(j, "number");
    number = json_open(j->out);
    if (n->what.n) {
        board_number_query(n, &query);
        json_key_text(&number, "what", n->what);
        json_key_text(&number, "unit", n->unit);
        json_key_text(&number, "unit_name", n->unit_name);
        json_key_text(&number, "campaign", n->campaign);
        json_key_day(&number, "as_of", n->as_of);
        json_key_int(&number, "value", n->value);
        json_key_any(&number, "query");
        q = json_open(j->out);
        json_key_text(&q, "list", text_of(list_name(query.kind)));
        json_key_text(&q, "unit", n->unit);
        json_key_text(&q, "campaign", n->campaign);
        json_key_any(&q, "states");
        buf_char(j->out, '[');
        for (int i = 1; i < LIST_STATES; i++)
            if (query.states & BIT(i)) {
                buf_str(j->out, first ? "" : ",");
                json_put_text(j->out, list_state_key(i));
                first = false;
            }
        buf_char(j->out, ']');
        json_key_bool(&q, "overdue", query.overdue);
        json_key_bool(&q, "soon", query.soon);
        json_key_bool(&q, "without_deadline", query.between);
        json_key_day(&q, "as_of", n->as_of);
        json_close(&q);
    }
    json_close(&number);
}

static void entries(struct json_out *j, const struct ledger *l, const struct entry *history,
                    size_t count)
{
    json_key_any(j, "history");
    buf_char(j->out, '[');
    for (size_t i = 0; i < count; i++) {
        const struct shape *shape = event_shape((int)history[i].event.kind);
        struct json_out row;
        if (i)
            buf_char(j->out, ',');
        row = json_open(j->out);
        json_key_int(&row, "seq", history[i].seq);
        json_key_moment(&row, "at", l, history[i].at);
        json_key_text(&row, "by", history[i].by);
        json_key_text(&row, "via", history[i].via);
        json_key_text(&row, "kind", text_of(shape->name));
        json_key_text(&row, "on", history[i].on);
        json_key_any(&row, "data");
        entry_write_data(j->out, shape, &history[i].event.item_register);
        json_close(&row);
    }
    buf_char(j->out, ']');
}

void instruction_json(struct buf *out, const struct ledger *l, const struct instruction_row *row,
                      const struct entry *history, size_t history_count)
{
    struct json_out j = json_open(out), report;

    json_key_text(&j, "code", row->code);
    json_key_text(&j, "state", word_key(&instruction_states, row->state));
    json_key_bool(&j, "overdue", row->overdue);
    json_key_text(&j, "text", row->text);
    json_key_text(&j, "item", row->item);
    number(&j, &row->number);
    json_key_text(&j, "giver", row->giver);
    json_key_text(&j, "giver_name", row->giver_name);
    json_key_moment(&j, "given_at", l, row->at);
    json_key_day(&j, "given", row->given);
    json_key_day(&j, "deadline", row->due);
    json_key_text(&j, "unit", row->unit);
    json_key_text(&j, "unit_name", row->unit_name);
    json_key_text(&j, "person", row->person);
    json_key_text(&j, "person_name", row->person_name);
    json_key_int(&j, "reports", row->reports);
    json_key_int(&j, "returns", row->returns);
    json_key_any(&j, "last_report");
    report = json_open(out);
    if (row->report_at) {
        json_key_moment(&report, "at", l, row->report_at);
        json_key_text(&report, "by", row->reporter);
        json_key_text(&report, "by_name", row->reporter_name);
        json_key_text(&report, "text", row->report);
    }
    json_close(&report);
    json_key_int(&j, "version", row->version);
    if (history)
        entries(&j, l, history, history_count);
    json_close(&j);
}
