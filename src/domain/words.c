/* words.c: see words.h. */
#include "domain/words.h"

static const struct word state_words[] = {
    {"", ""},
#define STATE(name, key, label) {key, label},
#include "domain/words.def"
};
static const struct word task_state_words[] = {
    {"", ""},
#define TASK_STATE(name, key, label) {key, label},
#include "domain/words.def"
};
static const struct word class_words[] = {
    {"", ""},
#define CLASS(name, key, label) {key, label},
#include "domain/words.def"
};
static const struct word kind_words[] = {
    {"", ""},
#define KIND(name, key, label) {key, label},
#include "domain/words.def"
};
static const struct word role_words[] = {
    {"", ""},
#define ROLE(name, key, label) {key, label},
#include "domain/words.def"
};
static const struct word marking_words[] = {
    {"", ""},
#define MARKING(name, key, label) {key, label},
#include "domain/words.def"
};
static const struct word plan_words[] = {
    {"", ""},
#define PLAN(name, key, label) {key, label},
#include "domain/words.def"
};
static const struct word instruction_words[] = {
    {"", ""},
#define INSTRUCTION(name, key, label) {key, label},
#include "domain/words.def"
};
static const struct word number_words[] = {
    {"", ""},
#define NUMBER(name, key, label) {key, label},
#include "domain/words.def"
};

#define VOCABULARY(words)                                \
    {                                                    \
        (words), (int)(sizeof(words) / sizeof(words)[0]) \
    }
const struct vocabulary states = VOCABULARY(state_words),
                        task_states = VOCABULARY(task_state_words),
                        classes = VOCABULARY(class_words), kinds = VOCABULARY(kind_words),
                        roles = VOCABULARY(role_words), markings = VOCABULARY(marking_words),
                        plan_states = VOCABULARY(plan_words),
                        instruction_states = VOCABULARY(instruction_words),
                        number_names = VOCABULARY(number_words);

int word_of(const struct vocabulary *v, struct text key)
{
    for (int i = 0; i < v->count; i++)
        if (text_eq(key, text_of(v->words[i].key)))
            return i;
    return -1;
}

struct text word_key(const struct vocabulary *v, int64_t i)
{
    return text_of(i >= 0 && i < v->count ? v->words[i].key : "");
}

struct text word_label(const struct vocabulary *v, int64_t i, enum lang lang)
{
    const char *label = i > 0 && i < v->count ? v->words[i].label : "";

    return text_of(*label ? tr(lang, label) : "");
}
