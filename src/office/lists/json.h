/*
 * json.h: the JSON of rows, in pieces. Private to src/office/lists.
 *
 * Keys are a contract: they are added to and never renamed. What is not there is an empty text, an
 * empty array, 0 or false, so that every row has every key.
 */
#ifndef XH_OFFICE_LISTS_JSON_H
#define XH_OFFICE_LISTS_JSON_H

#include "base/json.h"
#include "office/lists/lists.h"

/* An object that is being written. */
struct json_out {
    struct buf *out;
    bool first;
};

struct json_out json_open(struct buf *out);
void json_close(struct json_out *j);
void json_key_text(struct json_out *j, const char *key, struct text t);
void json_key_int(struct json_out *j, const char *key, int64_t v);
void json_key_bool(struct json_out *j, const char *key, bool v);
void json_key_day(struct json_out *j, const char *key, int32_t day);
/* Begins a value of another shape: the caller writes it. */
void json_key_any(struct json_out *j, const char *key);

/* "2026-11-22T18:05:09.123+08:00", in the ledger's zone. */
void json_key_moment(struct json_out *j, const char *key, const struct ledger *l, int64_t ms);

/* An item's fields without `tasks`, which is a number in lists and an array where one is shown. */
void json_problem(struct json_out *j, const struct list_row *row);
void json_task(struct json_out *j, const struct list_row *row);

#endif
