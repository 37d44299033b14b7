/* shape.c: see shape.h. */
#include "domain/shape.h"

/* Lists of any record lie in memory alike. */
struct any_list {
    char *at;
    size_t count;
};

bool field_empty(const struct field *f, const void *data)
{
    const void *p = (const char *)data + f->offset;

    switch (f->type) {
    case FIELD_TEXT: return ((const struct text *)p)->n == 0;
    case FIELD_INT: return *(const int64_t *)p == 0;
    case FIELD_BOOL: return !*(const bool *)p;
    case FIELD_DAY: return *(const int32_t *)p == 0 || !date_valid(*(const int32_t *)p);
    case FIELD_TEXTS: return ((const struct texts *)p)->count == 0;
    case FIELD_LIST: return ((const struct any_list *)p)->count == 0;
    }
    return true;
}

bool shape_empty(const struct shape *shape, const void *data)
{
    for (int i = 0; i < shape->count; i++)
        if (!field_empty(&shape->fields[i], data))
            return false;
    return true;
}

void shape_own(const struct shape *shape, void *data, struct arena *arena)
{
    for (int i = 0; i < shape->count; i++) {
        const struct field *f = &shape->fields[i];
        void *p = (char *)data + f->offset;
        struct text *text = p;
        struct texts *texts = p;
        struct any_list *list = p;
        if (f->type == FIELD_TEXT) {
            *text = arena_text(arena, *text);
        } else if (f->type == FIELD_TEXTS && texts->count) {
            struct text *copy = arena_array(arena, struct text, texts->count);
            for (size_t k = 0; copy && k < texts->count; k++)
                copy[k] = arena_text(arena, texts->at[k]);
            texts->at = copy;
        } else if (f->type == FIELD_LIST && list->count) {
            char *copy = arena_take(arena, list->count * f->shape->size);
            if (copy)
                memcpy(copy, list->at, list->count * f->shape->size);
            for (size_t k = 0; copy && k < list->count; k++)
                shape_own(f->shape, copy + k * f->shape->size, arena);
            list->at = copy;
        }
    }
}
