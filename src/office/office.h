/*
 * office.h: units, bodies, people and campaigns as a change of them begins from.
 *
 * Entries about them say the whole of what they put. A page or a command that changes one thing
 * takes what there is from here, changes that in it, and writes it back as a unit.put, person.put
 * or campaign.put; who may do so is decided there (ledger/decide_office.c).
 */
#ifndef XH_OFFICE_OFFICE_H
#define XH_OFFICE_OFFICE_H

#include "ledger/ledger.h"

/* The line of a unit or body, of a person with their roles and scopes; the data of a campaign. 1
 * found, 0 there is none (or, of a campaign, not for the viewer), -1. Texts live in the arena. */
int office_unit(struct ledger *l, struct text code, struct unit_line *line, struct arena *arena,
                struct err *err);
int office_person(struct ledger *l, struct text code, struct person_line *line, struct arena *arena,
                  struct err *err);
int office_campaign(struct ledger *l, const struct viewer *v, struct text code,
                    struct campaign_put_event *data, struct arena *arena, struct err *err);

/* Who belongs to a body, former members included; who stands in for a person, past absences
 * included. Days are DATE_NONE where none was said. */
struct office_member {
    struct text person, name, unit, unit_name; /* unit: their home */
    int32_t until;                             /* last day of the membership */
};
struct office_deputy {
    struct text deputy, name;
    int32_t from, until;
};
int office_members(struct ledger *l, struct text body, struct office_member **members,
                   size_t *count, struct arena *arena, struct err *err);
int office_deputies(struct ledger *l, struct text person, struct office_deputy **deputies,
                    size_t *count, struct arena *arena, struct err *err);

#endif
