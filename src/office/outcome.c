/* outcome.c: see outcome.h. */
#include "office/outcome.h"

#include "base/json.h"
#include "outcome.sql.h"

int64_t outcome_state(struct ledger *l, const struct outcome *o, struct text on)
{
    struct text rest = o->code.n ? o->code : on, item;
    struct outcome_item_out row;
    struct err ignored;

    if (o->verdict.rule)
        return 0;
    text_cut(&rest, '/', &item);
    return outcome_item_one(l->store, &(struct outcome_item_in){item}, &row, NULL, &ignored) == 1
               ? row.state
               : 0;
}

void outcome_json_in(struct buf *out, enum lang lang, const struct outcome *o, struct text on,
                     int64_t state)
{
    bool first = true;

    buf_char(out, '{');
    json_put_key(out, "code", &first);
    json_put_text(out, o->code.n ? o->code : on);
    if (o->verdict.rule) {
        buf_auto struct buf sentence = BUF(BUF_ANY);
        verdict_say(&sentence, lang, &o->verdict);
        json_put_key(out, "error", &first);
        json_put_text(out, verdict_name(&o->verdict));
        json_put_key(out, "message", &first);
        json_put_text(out, buf_view(&sentence));
    } else {
        json_put_key(out, "seq", &first);
        buf_int(out, o->seq);
        if (o->version) {
            json_put_key(out, "version", &first);
            buf_int(out, o->version);
        }
        if (state) {
            json_put_key(out, "state", &first);
            json_put_text(out, word_key(&states, state));
        }
        if (o->repeated) {
            json_put_key(out, "repeated", &first);
            buf_str(out, "true");
        }
    }
    buf_char(out, '}');
}

void outcome_json(struct buf *out, enum lang lang, struct ledger *l, const struct outcome *o,
                  struct text on)
{
    outcome_json_in(out, lang, o, on, outcome_state(l, o, on));
    buf_char(out, '\n');
}
