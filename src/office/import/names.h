/*
 * names.h: the units and the people that one cell names.
 */
#ifndef XH_OFFICE_IMPORT_NAMES_H
#define XH_OFFICE_IMPORT_NAMES_H

#include "office/import/draft.h"

enum { NAMES_MAX = 64 }; /* of one cell; more is not a list of names */

enum name_role { NAME_ANY, NAME_LEAD, NAME_ASSIST };

struct named {
    struct party party;
    enum name_role role; /* when the cell says so: "牵头：…", "…（配合）" */
    bool person;         /* names_split_mixed(): a person, else a unit */
};

struct names {
    struct named at[NAMES_MAX];
    size_t count;
    /* What had to be interpreted; several may hold. */
    bool lines_joined; /* a name was broken over lines */
    bool others;       /* "等": there are more, who are not named */
    bool notes;        /* titles or telephone numbers stood beside names */
    bool unlike;       /* something that does not look like a name; it is taken as it stands */
    bool too_many;     /* more than NAMES_MAX: none is taken */
};

/* Units: 市住建局、市城管局；"牵头单位：…，配合单位：…". Texts point into `cell` or the arena. Pure
 * but for the arena. */
void names_units(struct text cell, struct arena *a, struct names *out);
/* People: 张三、李四；张三（主任）；张三 13900000000；张　三 is one name. */
void names_people(struct text cell, struct arena *a, struct names *out);
/* A cell with both: 市住建局 张三. */
void names_mixed(struct text cell, struct names *out);

/* True when t ends as units' names end: 局, 委, 公司, department … */
bool names_like_unit(struct text t);

#endif
