/* draw.c: see draw.h. */
#include "draw.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
#include <png.h>
#include <webp/encode.h>

static const unsigned char colours[4][3] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}};

static int field_of(const struct drawing *d, unsigned x, unsigned y)
{
    return 2 * (y >= d->height / 2) + (x >= d->width / 2);
}

static const unsigned char *pixel(const struct drawing *d, unsigned x, unsigned y)
{
    return colours[field_of(d, x, y)];
}

/* -- EXIF: a TIFF in little-endian order, CIPA DC-008 -- */

static void put16(struct buf *b, unsigned v)
{
    buf_char(b, (char)(v & 255));
    buf_char(b, (char)(v >> 8 & 255));
}

static void put32(struct buf *b, unsigned v)
{
    put16(b, v & 0xffff);
    put16(b, v >> 16);
}

static void put_field(struct buf *b, unsigned tag, unsigned type, unsigned count, unsigned value)
{
    put16(b, tag);
    put16(b, type);
    put32(b, count);
    put32(b, value);
}

static void put_rational(struct buf *b, unsigned above, unsigned below)
{
    put32(b, above);
    put32(b, below);
}

static void put_exif(struct buf *b, const struct drawing *d)
{
    enum { ASCII = 2, SHORT = 3, LONG = 4, RATIONAL = 5 };
    enum { FIRST = 8, EXIF = FIRST + 2 + 3 * 12 + 4, GPS = EXIF + 2 + 2 * 12 + 4 };
    enum { MADE = GPS + 2 + 4 * 12 + 4, OFFSET = MADE + 20, NORTH = OFFSET + 8, EAST = NORTH + 24 };
    char made[21] = "", offset[9] = "";

    snprintf(made, sizeof made, "%s", d->made ? d->made : "");
    snprintf(offset, sizeof offset, "%s", d->offset ? d->offset : "");
    buf_bytes(b, "Exif\0\0II*\0", 10);
    put32(b, FIRST);
    put16(b, 3);
    put_field(b, 0x0112, SHORT, 1, (unsigned)d->orientation);
    put_field(b, 0x8769, LONG, 1, EXIF);
    put_field(b, d->placed ? 0x8825 : 0x8826, LONG, 1, GPS);
    put32(b, 0);
    put16(b, 2);
    put_field(b, 0x9003, ASCII, d->made ? 20 : 0, MADE);
    put_field(b, 0x9011, ASCII, d->offset ? 7 : 0, OFFSET);
    put32(b, 0);
    put16(b, 4);
    put_field(b, 1, ASCII, 2, 'N');
    put_field(b, 2, RATIONAL, 3, NORTH);
    put_field(b, 3, ASCII, 2, 'E');
    put_field(b, 4, RATIONAL, 3, EAST);
    put32(b, 0);
    buf_bytes(b, made, 20);
    buf_bytes(b, offset, 8);
    put_rational(b, 31, 1);
    put_rational(b, 13, 1);
    put_rational(b, 495, 10);
    put_rational(b, 121, 1);
    put_rational(b, 28, 1);
    put_rational(b, 253, 10);
}

void draw_jpeg(struct buf *out, const struct drawing *d)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL, *row = malloc((size_t)d->width * 4);
    unsigned long n = 0;

    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &n);
    jpeg.image_width = d->width;
    jpeg.image_height = d->height;
    jpeg.input_components = d->cmyk ? 4 : 3;
    jpeg.in_color_space = d->cmyk ? JCS_CMYK : JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg.write_Adobe_marker = d->cmyk;
    jpeg_start_compress(&jpeg, TRUE);
    if (d->orientation) {
        buf_auto struct buf exif = BUF(4096);
        put_exif(&exif, d);
        jpeg_write_marker(&jpeg, JPEG_APP0 + 1, (unsigned char *)exif.p, (unsigned)exif.n);
    }
    if (d->comment)
        jpeg_write_marker(&jpeg, JPEG_COM, (const unsigned char *)d->comment,
                          (unsigned)strlen(d->comment));
    for (unsigned y = 0; y < d->height; y++) {
        for (unsigned x = 0; x < d->width; x++)
            if (d->cmyk) { /* inverted: what shines through, and full key */
                memcpy(row + (size_t)x * 4, pixel(d, x, y), 3);
                row[(size_t)x * 4 + 3] = 255;
            } else {
                memcpy(row + (size_t)x * 3, pixel(d, x, y), 3);
            }
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    buf_bytes(out, bytes, n);
    free(bytes);
    free(row);
}

static void png_put(png_structp png, png_bytep bytes, size_t n)
{
    buf_bytes(png_get_io_ptr(png), bytes, n);
}

void draw_png(struct buf *out, const struct drawing *d)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    unsigned char *rows = calloc((size_t)d->width * d->height, 4);
    unsigned char **at = malloc(d->height * sizeof *at);

    for (unsigned y = 0; y < d->height; y++) {
        at[y] = rows + (size_t)y * d->width * 4;
        for (unsigned x = 0; x < d->width; x++)
            if (!d->clear || field_of(d, x, y)) {
                memcpy(at[y] + (size_t)x * 4, pixel(d, x, y), 3);
                at[y][(size_t)x * 4 + 3] = 255;
            }
    }
    png_set_write_fn(png, out, png_put, NULL);
    png_set_IHDR(png, info, d->width, d->height, 8, PNG_COLOR_TYPE_RGBA,
                 d->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    png_write_image(png, at);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    free(at);
    free(rows);
}

void draw_webp(struct buf *out, const struct drawing *d)
{
    unsigned char *pixels = malloc((size_t)d->width * d->height * 3);
    uint8_t *bytes = NULL;
    size_t n;

    for (unsigned y = 0; y < d->height; y++)
        for (unsigned x = 0; x < d->width; x++)
            memcpy(pixels + ((size_t)y * d->width + x) * 3, pixel(d, x, y), 3);
    n = WebPEncodeLosslessRGB(pixels, (int)d->width, (int)d->height, (int)d->width * 3, &bytes);
    buf_bytes(out, bytes, n);
    WebPFree(bytes);
    free(pixels);
}

static void put_big(struct buf *b, unsigned v)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_char(b, (char)(v >> shift & 255));
}

/* CRC-32 of ISO 3309, as PNG wants it. */
static unsigned crc(struct text t)
{
    unsigned c = ~0u;

    for (size_t i = 0; i < t.n; i++) {
        c ^= (unsigned char)t.p[i];
        for (int k = 0; k < 8; k++)
            c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
    }
    return ~c;
}

static void put_chunk(struct buf *out, struct text type_and_bytes)
{
    put_big(out, (unsigned)type_and_bytes.n - 4);
    buf_text(out, type_and_bytes);
    put_big(out, crc(type_and_bytes));
}

void draw_flood(struct buf *out, unsigned width, unsigned height)
{
    buf_auto struct buf header = BUF(100);

    buf_str(&header, "IHDR");
    put_big(&header, width);
    put_big(&header, height);
    buf_bytes(&header, "\10\2\0\0\0", 5);
    buf_str(out, "\x89PNG\r\n\x1a\n");
    put_chunk(out, buf_view(&header));
    /* An empty deflate stream. */
    put_chunk(out, T("IDAT\x78\x9c\x03\x00\x00\x00\x00\x01"));
    put_chunk(out, T("IEND"));
}

/* -- looking -- */

struct catcher {
    struct jpeg_error_mgr errors;
    jmp_buf out;
};

static void caught(j_common_ptr jpeg)
{
    longjmp(((struct catcher *)(void *)jpeg->err)->out, 1);
}

static char letter(const unsigned char *p)
{
    for (int i = 0; i < 4; i++) {
        bool is = true;
        for (int c = 0; c < 3; c++)
            is &= abs(p[c] - colours[i][c]) < 40;
        if (is)
            return "RGBW"[i];
    }
    return '?';
}

bool see_jpeg(struct text bytes, unsigned *width, unsigned *height, char fields[static 5],
              bool *plain)
{
    struct jpeg_decompress_struct jpeg;
    struct catcher catcher;
    unsigned char *volatile pixels = NULL;

    jpeg.err = jpeg_std_error(&catcher.errors);
    catcher.errors.error_exit = caught;
    if (setjmp(catcher.out)) {
        jpeg_destroy_decompress(&jpeg);
        free(pixels);
        return false;
    }
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, (const unsigned char *)bytes.p, bytes.n);
    jpeg_save_markers(&jpeg, JPEG_COM, 0xffff);
    for (int i = 1; i < 16; i++)
        jpeg_save_markers(&jpeg, JPEG_APP0 + i, 0xffff);
    jpeg_read_header(&jpeg, TRUE);
    *plain = jpeg.marker_list == NULL;
    jpeg.out_color_space = JCS_RGB;
    jpeg_start_decompress(&jpeg);
    *width = jpeg.output_width;
    *height = jpeg.output_height;
    pixels = malloc((size_t)*width * *height * 3);
    while (jpeg.output_scanline < jpeg.output_height) {
        unsigned char *row = pixels + (size_t)jpeg.output_scanline * *width * 3;
        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    for (unsigned i = 0; i < 4; i++) {
        unsigned x = *width * (i % 2 ? 3 : 1) / 4, y = *height * (i / 2 ? 3 : 1) / 4;
        fields[i] = letter(pixels + ((size_t)y * *width + x) * 3);
    }
    fields[4] = '\0';
    free(pixels);
    jpeg_destroy_decompress(&jpeg);
    return true;
}
