/*
 * A workbook. The input is its XML, so that a change of one byte reaches the parser: the sheet, the
 * shared strings, the styles, the workbook part and its relationships, each after a line "====";
 * those that are left out are the usual ones. An input that begins with PK is an archive as it is.
 */
#include "book.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static struct text next_part(struct text *rest)
{
    ptrdiff_t at = text_find(*rest, T("\n====\n"));
    struct text part = *rest;

    if (rest->p == NULL || rest->n == 0)
        return (struct text){0};
    if (at < 0) {
        *rest = (struct text){0};
        return part;
    }
    *rest = text_from(*rest, (size_t)at + 6);
    return text_head(part, (size_t)at);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct text input = {(const char *)bytes, n};
    struct transcript t = TRANSCRIPT;
    struct archive_made a = ARCHIVE_MADE;
    struct book_made b;

    if (text_starts(input, T("PK"))) {
        transcribe(&t, "fuzz.xlsx", input);
    } else {
        b.sheet = next_part(&input);
        b.strings = next_part(&input);
        b.styles = next_part(&input);
        b.workbook = next_part(&input);
        b.parts = next_part(&input);
        b.package = (struct text){0};
        if (b.sheet.p == NULL)
            b.sheet = T("");
        book_make(&a, &b);
        transcribe(&t, "fuzz.xlsx", buf_view(&a.bytes));
    }
    archive_drop(&a);
    buf_release(&t.out);
    return 0;
}
