/*
 * history.h: a ledger whose log has a known number of entries of many kinds, for tests that alter
 * it.
 */
#ifndef XH_TESTS_HISTORY_H
#define XH_TESTS_HISTORY_H

#include "world.h"

/* Goes on in that world until its log has `entries` entries: items through the whole loop, with
 * evidence, sealed values, bodies, units that move. The world gets a folder. */
void history_make(struct world *w, int64_t entries);
/* The same; each() hears of every command that was given. */
void history_each(struct world *w, int64_t entries, void (*each)(struct world *, void *),
                  void *arg);

/* Writes the log as an export to path, through the product's own export. */
void history_export(struct world *w, const char *path);

/* Runs SQL, any number of statements: how somebody with the file at hand alters it. */
__attribute__((format(printf, 2, 3))) void history_sql(struct world *w, const char *format, ...);
/* The text in the first row and column of a query; "" when there is none. */
struct text history_ask(struct world *w, const char *query);
/* What verify finds: its error's code, ERR_NONE for nothing. held may be empty. */
enum err_code history_found(struct world *w, bool log_only, struct text held);

#endif
