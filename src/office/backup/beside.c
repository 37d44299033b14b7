/* beside.c: see beside.h. */
#include "office/backup/beside.h"

#include "base/json.h"
#include "beside.sql.h"
#include "ledger/log.sql.h"

enum { COLUMNS = 9, LINE = 1 << 20 };

/* Every table that stands outside the log, but for what is made again: the search index. */
static const struct table {
    const char *name; /* in a backup; NULL: it is in none */
    const struct statement *all, *put, *clear;
    const struct statement *move; /* puts a row of a ledger that is moved; NULL: as put does */
} tables[] = {
    {"sealed", &beside_sealed_statement, &beside_sealed_put_statement,
     &beside_sealed_clear_statement, &sealed_put_statement},
    {"credential", &beside_credential_statement, &beside_credential_put_statement,
     &beside_credential_clear_statement, NULL},
    {"given_password", &beside_given_statement, &beside_given_put_statement,
     &beside_given_clear_statement, NULL},
    {"second_factor", &beside_factor_statement, &beside_factor_put_statement,
     &beside_factor_clear_statement, NULL},
    {"recovery_code", &beside_recovery_statement, &beside_recovery_put_statement,
     &beside_recovery_clear_statement, NULL},
    {"identity", &beside_identity_statement, &beside_identity_put_statement,
     &beside_identity_clear_statement, NULL},
    {"access_seen", &beside_access_statement, &beside_access_put_statement,
     &beside_access_clear_statement, NULL},
    {NULL, &beside_attempt_statement, &beside_attempt_put_statement,
     &beside_attempt_clear_statement, NULL},
    {NULL, &beside_session_statement, &beside_session_put_statement,
     &beside_session_clear_statement, NULL},
    {NULL, &beside_token_statement, &beside_token_put_statement, &beside_token_clear_statement,
     NULL},
};
enum { TABLES = sizeof tables / sizeof tables[0] };

static void put_row(struct buf *b, const struct table *t, struct rows *rows)
{
    buf_clear(b);
    buf_char(b, '[');
    json_put_text(b, text_of(t->name));
    for (int i = 0; t->all->columns[i]; i++) {
        buf_char(b, ',');
        if (t->all->columns[i] == 'i') {
            buf_int(b, rows_int(rows, i));
        } else if (t->all->columns[i] == 't') {
            json_put_text(b, rows_text(rows, i));
        } else {
            struct text bytes = rows_blob(rows, i);
            buf_char(b, '"');
            buf_hex(b, bytes.p, bytes.n);
            buf_char(b, '"');
        }
    }
    buf_str(b, "]\n");
}

int beside_write(struct store *s, int (*line)(void *, struct text, struct err *), void *arg,
                 struct err *err)
{
    buf_auto struct buf b = BUF(LINE);

    for (int i = 0; i < TABLES; i++) {
        struct rows rows;
        int rc = tables[i].name ? store_query(s, tables[i].all, NULL, &rows, err) : 0;
        while (tables[i].name && rc == 0 && (rc = rows_next(&rows, err)) == 1) {
            put_row(&b, &tables[i], &rows);
            rc = b.failed ? err_set(err, NO_MEMORY) : line(arg, buf_view(&b), err);
            if (rc != 0)
                rows_close(&rows);
        }
        if (rc < 0)
            return -1;
    }
    return 0;
}

int beside_expect_all(struct store *s, const struct entry *e, struct err *err)
{
    const struct sealed_list *list =
        e->event.kind == EVENT_ITEM_REGISTER ? &e->event.item_register.sealed
        : e->event.kind == EVENT_ITEM_AMEND  ? &e->event.item_amend.sealed
                                             : NULL;

    for (size_t i = 0; list && i < list->count; i++)
        if (beside_expect(s,
                          &(struct beside_expect_in){.commitment = list->at[i].commitment,
                                                     .item = e->on,
                                                     .field = list->at[i].field,
                                                     .none = T("")},
                          err) != 0)
            return -1;
    return 0;
}

static bool unhex(struct text hex, struct arena *arena, struct text *bytes)
{
    unsigned char *p = arena_take(arena, hex.n / 2 + 1);

    if (p == NULL || hex.n % 2)
        return false;
    for (size_t i = 0; i < hex.n; i++) {
        char c = hex.p[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            return false;
        p[i / 2] = (unsigned char)(p[i / 2] * 16 + digit);
    }
    *bytes = (struct text){(const char *)p, hex.n / 2};
    return true;
}

static bool get_value(struct json *j, char column, struct arena *arena, struct value *v)
{
    if (!json_take(j, ','))
        return false;
    if (column == 'i') {
        v->kind = VALUE_INT;
        return json_int(j, &v->i);
    }
    v->kind = column == 't' ? VALUE_TEXT : VALUE_BLOB;
    return json_text(j, arena, &v->t) && (column == 't' || unhex(v->t, arena, &v->t));
}

int beside_put(struct store *s, struct text line, struct arena *arena, struct err *err)
{
    struct json j = {line.p, line.p + line.n};
    struct value values[COLUMNS] = {0};
    const struct table *t = NULL;
    struct text name;

    if (!json_take(&j, '[') || !json_text(&j, arena, &name))
        return 0;
    for (int i = 0; i < TABLES; i++)
        if (tables[i].name && text_eq(name, text_of(tables[i].name)))
            t = &tables[i];
    if (t == NULL)
        return 0;
    for (int i = 0; t->all->columns[i]; i++)
        if (i == COLUMNS || !get_value(&j, t->all->columns[i], arena, &values[i]))
            return arena->failed ? err_set(err, NO_MEMORY) : 0;
    if (!json_take(&j, ']') || j.p != j.end)
        return 0;
    return store_run(s, t->put, values, err) != 0 ? -1 : 1;
}

int beside_settle(struct store *s, int64_t until, struct err *err)
{
    if (beside_unfilled(s, NULL, err) != 0 || beside_no_credential(s, NULL, err) != 0 ||
        beside_no_given(s, NULL, err) != 0 || beside_no_factor(s, NULL, err) != 0 ||
        beside_no_recovery(s, NULL, err) != 0 || beside_no_identity(s, NULL, err) != 0)
        return -1;
    return until == INT64_MAX
               ? 0
               : beside_no_access(s, &(struct beside_no_access_in){.after = until}, err);
}

static int move_row(struct store *to, const struct table *t, struct rows *rows, struct err *err)
{
    struct value values[COLUMNS] = {0};

    for (int i = 0; i < COLUMNS && t->all->columns[i]; i++)
        switch (t->all->columns[i]) {
        case 'i': values[i] = (struct value){.kind = VALUE_INT, .i = rows_int(rows, i)}; break;
        case 't': values[i] = (struct value){.kind = VALUE_TEXT, .t = rows_text(rows, i)}; break;
        default: values[i] = (struct value){.kind = VALUE_BLOB, .t = rows_blob(rows, i)}; break;
        }
    return store_run(to, t->move ? t->move : t->put, values, err);
}

int beside_move(struct store *from, struct store *to, int64_t *count, struct err *err)
{
    *count = 0;
    for (int i = 0; i < TABLES; i++) {
        struct rows rows;
        int rc = store_run(to, tables[i].clear, NULL, err);
        if (rc != 0 || store_query(from, tables[i].all, NULL, &rows, err) != 0)
            return -1;
        while ((rc = rows_next(&rows, err)) == 1) {
            if (move_row(to, &tables[i], &rows, err) != 0) {
                rows_close(&rows);
                return -1;
            }
            ++*count;
        }
        if (rc < 0)
            return -1;
    }
    return 0;
}
