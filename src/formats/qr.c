/* qr.c: see qr.h. The one file that knows libqrencode. */
#include "formats/qr.h"

#include <qrencode.h>

enum { QUIET = 4 };

int qr_svg(struct buf *svg, struct text text, struct err *err)
{
    QRcode *code = text.n > 2331 ? NULL
                                 : QRcode_encodeData((int)text.n, (const unsigned char *)text.p, 0,
                                                     QR_ECLEVEL_M);
    int size;

    if (code == NULL)
        return err_set(err, TOO_LARGE, err_sentence(N_("The text of the picture")), T("2331"));
    size = code->width + 2 * QUIET;
    buf_printf(svg,
               "<svg class=\"qr\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\" "
               "aria-hidden=\"true\"><rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>"
               "<path fill=\"#000\" d=\"",
               size, size, size, size);
    for (int y = 0; y < code->width; y++)
        for (int x = 0, run; x < code->width; x += run) {
            const unsigned char *row = code->data + y * code->width;
            for (run = 1; x + run < code->width && (row[x + run] & 1) == (row[x] & 1); run++)
                ;
            if (row[x] & 1)
                buf_printf(svg, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, run, run);
        }
    buf_str(svg, "\"/></svg>");
    /* What the picture says may be a secret. */
    explicit_bzero(code->data, (size_t)code->width * (size_t)code->width);
    QRcode_free(code);
    return svg->failed ? err_set(err, NO_MEMORY) : 0;
}
