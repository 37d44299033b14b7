/*
 * people.h: what people.c and credentials.c share of the administrator's page of a person.
 */
#ifndef XH_WEB_PEOPLE_H
#define XH_WEB_PEOPLE_H

#include "web/pages/account_parts.h"
#include "web/pages/form.h"

/* The address of a person's page, of a unit's. In the arena. */
struct text people_href(struct request *q, struct text code);
struct text units_href(struct request *q, struct text code);
/* The person of that code, or NOT_FOUND. */
int people_find(struct request *q, struct text code, struct person_line *line, struct err *err);
/* Their own roles as bits. */
uint32_t people_roles(const struct person_line *line);

#endif
