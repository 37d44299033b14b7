/* shape.c: see shape.h. */
#include "domain/shape.h"

void shape_own(const struct shape *shape, void *data, struct arena *arena)
{
    for (int i = 0; i < shape->count; i++) {
        const struct field *f = &shape->fields[i];
        void *p = (char *)data + f->offset;
        struct text *text = p;
        struct texts *texts = p;
        struct {
            char *at;
            size_t count;
        } *list = p;
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
