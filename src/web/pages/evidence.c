/* evidence.c: the files of an item as a page shows them; see evidence.h. */
#include "web/pages/evidence.h"

#include "web/pages/pages.h"

static struct text file_size(struct request *q, int64_t bytes)
{
    buf_auto struct buf out = BUF(64);

    if (bytes >= 1 << 20)
        buf_printf(&out, "%.1f MiB", (double)bytes / (1 << 20));
    else
        buf_printf(&out, "%lld KiB", (long long)(bytes + 1023) / 1024);
    return arena_text(q->arena, buf_view(&out));
}

/* Files that a picture can be made of, by their names; whether it can is seen when it is made. */
static bool pictured(struct text name)
{
    static const char *const ends[] = {".jpg", ".jpeg", ".png", ".webp"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t n = strlen(ends[i]);
        if (name.n >= n && strncasecmp(name.p + name.n - n, ends[i], n) == 0)
            return true;
    }
    return false;
}

static struct page_picture_card card(struct request *q, struct item_page *item,
                                     const struct evidence_row *row)
{
    struct text path = arena_join(q->arena, T("/"), row->file.hash);

    return (struct page_picture_card){
        .href = arena_join(q->arena, T("/files"), path),
        .thumb = pictured(row->file.name)
                     ? arena_join(q->arena, arena_join(q->arena, T("/pictures"), path), T("/small"))
                     : T(""),
        .name = row->file.name,
        .when = page_time(q, row->entry->at),
        .who = name_of_person(&item->names, row->entry->by),
        .made = row->file.made_at,
        .place = row->file.place,
        .size = file_size(q, row->file.size)};
}

struct page_evidence *evidence_sides(struct request *q, struct item_page *item)
{
    size_t room = item->evidence_count + 1;
    struct page_evidence *out = arena_array(q->arena, struct page_evidence, 1);
    struct page_picture_card *before = arena_array(q->arena, struct page_picture_card, room);
    struct page_picture_card *after = arena_array(q->arena, struct page_picture_card, room);
    struct page_picture_card *rest = arena_array(q->arena, struct page_picture_card, room);

    if (out == NULL || before == NULL || after == NULL || rest == NULL)
        return NULL;
    *out = (struct page_evidence){.before = before, .after = after, .rest = rest};
    for (size_t i = 0; i < item->evidence_count; i++) {
        const struct evidence_row *row = &item->evidence[i];
        if (text_eq(row->file.side, T("before")))
            before[out->before_count++] = card(q, item, row);
        else if (text_eq(row->file.side, T("after")))
            after[out->after_count++] = card(q, item, row);
        else
            rest[out->rest_count++] = card(q, item, row);
    }
    out->sides = out->before_count + out->after_count > 0;
    out->none = item->evidence_count == 0;
    return out;
}
