/*
 * status.h: how far an item is, how serious it is, how secret: the words of a cell as values.
 */
#ifndef XH_OFFICE_IMPORT_STATUS_H
#define XH_OFFICE_IMPORT_STATUS_H

#include "office/import/draft.h"

struct status {
    enum claim claim;
    enum doubt_kind doubt; /* DOUBT_NONE where the words say exactly the claim */
};

/* Pure. An empty text claims nothing and is no doubt; words that say nothing known claim nothing
 * and are one. A verdict on punctuality (超期, OVERDUE) is ignored: the ledger reckons it itself.
 */
struct status status_read(struct text t);

/* A yes or no (是, √, Y …): 1, 0, or -1 when it is neither. */
int status_yes(struct text t);

/* A percentage in a text (完成80%, 百分之八十 is not read), or a fraction or percentage in a number
 * cell; -1 when there is none. The last one counts. */
int percent_read(const struct cell *cell);

/* A level, written one way: "3", "三级", "Ⅲ级", "一般3级" are "3级"; "一般隐患" is "一般". *changed
 * tells whether it differs from the cell. The result lies in the arena or in t. */
struct text level_read(struct text t, struct arena *a, bool *changed);

/* A secrecy marking at the start of t: 秘密★5年. MARKING_NONE when there is none. */
enum marking marking_read(struct text t);

/* A kind of people's roles in a cell (经办人、核查人): BIT(ROLE_…); *unknown when something else
 * stands there as well. */
uint32_t roles_read(struct text t, bool *unknown);

#endif
