/*
 * account_parts.h: what an account says of itself, for its own page and for the administrator's.
 */
#ifndef XH_WEB_ACCOUNT_PARTS_H
#define XH_WEB_ACCOUNT_PARTS_H

#include "office/roster.h"
#include "web/pages/account_parts.html.h"
#include "web/pages/form.h"

/* Each is one statement on the person; `action` is where the buttons of its rows go. Everything
 * lives in the request's arena. NULL with err on failure. */
struct page_account_deputies *account_deputies(struct request *q, struct text person,
                                               struct text action, struct err *err);
struct page_account_sessions *account_sessions(struct request *q, struct text person,
                                               struct text action, struct err *err);
struct page_account_tokens *account_tokens(struct request *q, struct text person,
                                           struct text action, struct err *err);
/* Scopes in words: "Health Bureau and what stands below it, campaign HZ2026". */
struct page_account_scopes *account_scopes(struct request *q, const struct roster_scope *scopes,
                                           size_t count, struct err *err);
/* What stands between the words of a list. */
static inline const char *account_comma(const struct request *q)
{
    return q->lang == LANG_ZH ? "、" : ", ";
}
/* Roles in words, one behind the other. */
struct text account_roles(struct request *q, uint32_t bits);

/* The fields of naming a deputy. */
void account_deputy_fields(struct form *f);
/* A deputy is named for the person, by themselves or by an administrator: fills the command from
 * the form's deputy, from and until. -1: FORM_FIELD or what form_person says. */
int account_deputy_command(struct request *q, struct text person, struct command *command,
                           struct err *err);

#endif
