/* asset.c: style, script and pictures of the pages, which are inside the binary. */
#include "assets.h"
#include "web/pages/pages.h"
#include "web/routes.h"

int page_asset(struct request *q, struct response *r, struct err *err)
{
    for (size_t i = 0; i < sizeof assets / sizeof assets[0]; i++) {
        const struct asset *a = &assets[i];
        if (!text_eq(q->args[0], text_of(a->name)))
            continue;
        r->type = a->type;
        r->etag = text_of(a->hash);
        if (text_has(q->etag, r->etag)) {
            r->status = 304;
            return 0;
        }
        buf_bytes(&r->body, a->bytes, a->size);
        return 0;
    }
    return err_set(err, NOT_FOUND, err_sentence(N_("page")), q->args[0]);
}
