/* form.c: see form.h. */
#include "web/pages/form.h"

#include "office/names.h"
#include "office/office.h"
#include "office/outcome.h"
#include "office/signin/signin.h"
#include "web/session.h"

enum { CODE_BYTES = 64 };

void form_begin(struct form *f, struct request *q, const char *title, const char *button,
                struct text back, struct text back_label)
{
    *f = (struct form){.q = q};
    f->page = (struct page_form_sheet){.back = back,
                                       .back_label = back_label,
                                       .title = page_tr(q, title),
                                       .button = page_tr(q, button),
                                       .action = q->path,
                                       .csrf = text_of(q->csrf),
                                       .key = page_key(q),
                                       .me = q->viewer.person};
}

/* The name is kept by the page: it stands in the program. */
struct page_act_field *form_field(struct form *f, const char *name, const char *kind,
                                  const char *label, struct text value, bool required)
{
    struct page_act_field *field = &f->fields[f->count];

    if (f->count < FORM_FIELDS - 1)
        f->count++;
    *field = (struct page_act_field){.name = text_of(name),
                                     .label = page_tr(f->q, label),
                                     .value = f->q->form_count ? form_text(f->q, name) : value,
                                     .kind = text_of(kind),
                                     .required = required};
    return field;
}

void form_pair(struct form *f)
{
    if (f->count < 2 || f->page.pairs_count == FORM_FIELDS / 2)
        return;
    f->pairs[f->page.pairs_count++] =
        (struct page_form_pair){&f->fields[f->count - 2], &f->fields[f->count - 1]};
}

struct text form_unit_name(struct request *q, struct text code)
{
    struct err err = {0};
    struct unit_line line;
    struct text found;

    if (code.n == 0 || office_unit(q->ledger, code, &line, q->arena, &err) != 1 ||
        name_unit(q->ledger, line.name, &found, q->arena, &err) != 0 || !text_eq(found, code))
        return code;
    return line.name;
}

void form_words(struct form *f, const char *name, const char *label, const struct vocabulary *v,
                int64_t value, const char *none)
{
    struct page_act_field *field = form_field(f, name, "choice", label, word_key(v, value), true);
    struct page_act_choice *list = arena_array(f->q->arena, struct page_act_choice, v->count + 1);
    size_t n = 0;

    if (list == NULL)
        return;
    if (none)
        list[n++] = (struct page_act_choice){T(""), page_tr(f->q, none), field->value.n == 0};
    for (int i = 1; i < v->count; i++)
        list[n++] = (struct page_act_choice){word_key(v, i), page_word(f->q, v, i),
                                             text_eq(field->value, word_key(v, i))};
    field->choices = list;
    field->choices_count = n;
}

void form_bits(struct form *f, const char *name, const char *label, const struct vocabulary *v,
               uint32_t allowed, uint32_t value)
{
    struct page_form_check *list = arena_array(f->q->arena, struct page_form_check, v->count + 1);
    uint32_t bits = f->q->form_count ? form_bits_given(f->q, name, v) : value;
    size_t n = 0;

    if (list == NULL || f->page.groups_count == FORM_GROUPS)
        return;
    for (int i = 1; i < v->count; i++)
        if (allowed & BIT(i))
            list[n++] = (struct page_form_check){text_of(name), word_key(v, i),
                                                 page_word(f->q, v, i), (bits & BIT(i)) != 0};
    if (f->page.groups_count == 0)
        f->before = f->count;
    f->groups[f->page.groups_count++] =
        (struct page_form_group){.label = page_tr(f->q, label), .checks = list, .checks_count = n};
}

void form_show(struct form *f, struct response *r, const char *here, struct text wrong)
{
    size_t below = f->count - 2 * f->page.pairs_count;

    if (f->page.groups_count == 0)
        f->before = below;
    f->page.fields = f->fields;
    f->page.fields_count = f->before;
    f->page.behind = f->fields + f->before;
    f->page.behind_count = below - f->before;
    f->page.pairs = f->pairs;
    f->page.groups = f->groups;
    f->page.wrong = wrong;
    page_open(f->q, r, f->page.title, here);
    page_form_sheet(&r->body, f->q->lang, &f->page);
    page_shut(f->q, r);
}

/* --- what came back ----------------------------------------------------------------------------
 */

struct text form_line(const struct request *q, const char *name)
{
    return text_trim(form_text(q, name));
}

int form_code(struct request *q, const char *name, struct text *code, struct err *err)
{
    struct text rest = *code = form_line(q, name);

    if (rest.n > CODE_BYTES)
        return err_set(err, FORM_FIELD, err_sentence(N_("Code")));
    while (rest.n) {
        uint32_t cp = text_next(&rest);
        if (cp < 0x20 || cp == 0x7f || cp == '/' || text_is_space(cp))
            return err_set(err, FORM_FIELD, err_sentence(N_("Code")));
    }
    return 0;
}

int form_day(struct request *q, const char *name, const char *label, int32_t *day, struct err *err)
{
    struct text given = form_line(q, name);

    *day = DATE_NONE;
    if (given.n == 0 || date_parse(given, day))
        return 0;
    return err_set(err, FORM_FIELD, err_sentence(label));
}

uint32_t form_bits_given(const struct request *q, const char *name, const struct vocabulary *v)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < q->form_count; i++) {
        int word = text_eq(q->form[i].name, text_of(name)) ? word_of(v, q->form[i].value) : 0;
        if (word > 0)
            bits |= BIT(word);
    }
    return bits;
}

int form_unit(struct request *q, const char *name, struct text *code, struct err *err)
{
    struct text given = form_line(q, name);

    *code = T("");
    return given.n ? name_unit(q->ledger, given, code, q->arena, err) : 0;
}

int form_person(struct request *q, const char *name, struct text *code, struct err *err)
{
    struct text given = form_line(q, name);

    *code = T("");
    return given.n ? name_person(q->ledger, given, code, q->arena, err) : 0;
}

/* --- what becomes of it ------------------------------------------------------------------------
 */

/* The form once more, with what is true now. */
static int show_again(struct request *q, struct response *r, struct text wrong, int status,
                      form_again *again, struct err *err)
{
    r->status = status;
    store_rollback(q->ledger->store);
    if (store_begin(q->ledger->store, STORE_READ, err) != 0)
        return -1;
    return again(q, r, wrong, err);
}

int form_done(struct request *q, struct response *r, int rc, struct command *command,
              const char *next, form_again *again, struct err *err)
{
    buf_auto struct buf wrong = BUF(BUF_ANY), to = BUF(4096);
    struct outcome outcome = {0};

    if (rc == 0) {
        command->id = form_text(q, "id");
        rc = act_submit(q, command, &outcome, err);
    }
    if (rc != 0 && !act_keeps_form(q, err))
        return -1;
    if (rc != 0) {
        int status = err_http(err) == 503 ? 503 : 422;
        err_say(&wrong, q->lang, err);
        *err = (struct err){0};
        return show_again(q, r, buf_view(&wrong), status, again, err);
    }
    if (q->json) {
        r->type = "application/json";
        r->status = outcome.verdict.rule ? 409 : 200;
        outcome_json(&r->body, q->lang, q->ledger, &outcome, command->on);
        return 0;
    }
    if (outcome.verdict.rule) {
        page_refusal(&wrong, q, &outcome.verdict);
        return show_again(q, r, buf_view(&wrong), 409, again, err);
    }
    buf_str(&to, next);
    if (text_ends(buf_view(&to), T("/")))
        html_url(&to, outcome.code);
    respond_see(r, buf_view(&to));
    return 0;
}

int form_wrong(struct request *q, struct response *r, const char *sentence, int status,
               form_again *again, struct err *err)
{
    return show_again(q, r, page_tr(q, sentence), status, again, err);
}

int form_password(struct request *q, struct response *r, form_again *again, struct err *err)
{
    struct signin_try given = {.password = form_text(q, "again"), .address = q->address};
    struct signin answer;
    int rc;

    if (session_sign_in(q, q->viewer.person, &given, &answer, err) != 0)
        return -1;
    if (answer.answer == SIGNIN_DONE)
        return 0;
    rc = answer.answer == SIGNIN_WAIT
             ? form_wrong(q, r, N_("Too many tries. Wait some minutes, then try again."), 429,
                          again, err)
             : form_wrong(q, r, N_("Your own password is not right."), 403, again, err);
    return rc == 0 ? 1 : -1;
}
