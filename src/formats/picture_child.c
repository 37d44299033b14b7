/*
 * picture_child.c: the child's side of picture.h: decodes, makes smaller, turns upright, encodes.
 *
 * It is alone in its process: a failure of any library ends it, and what was taken is given back by
 * its end. The argument is the longest side, or "facts".
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jerror.h>
#include <jpeglib.h>
#include <png.h>
#include <webp/decode.h>

#include "base/buf.h"
#include "base/mem.h"
#include "formats/picture.h"
#include "formats/picture_child.h"
#include "formats/shrink.h"

enum { QUALITY = 80, RGB = 3, RGBA = 4, CMYK = 4 };

_Noreturn static void none(void)
{
    _exit(CHILD_NONE);
}

static void *room(size_t n)
{
    void *p = mem_alloc(n);

    if (p == NULL)
        none();
    return p;
}

static void begin(struct shrink *s, uint32_t width, uint32_t height, unsigned longest)
{
    if (width == 0 || height == 0 || !shrink_begin(s, width, height, longest))
        none();
}

/* Before anything is taken for them. */
static void check_size(uint64_t width, uint64_t height)
{
    if (width == 0 || height == 0 || width > PICTURE_PIXELS || width * height > PICTURE_PIXELS)
        none();
}

/* RGBA on white. */
static void put_on_white(unsigned char *rgb, const unsigned char *rgba, uint32_t width)
{
    for (uint32_t x = 0; x < width; x++, rgb += RGB, rgba += RGBA)
        for (int c = 0; c < RGB; c++)
            rgb[c] = (unsigned char)((rgba[c] * rgba[3] + 255 * (255 - rgba[3]) + 127) / 255);
}

/* -- JPEG -- */

static void jpeg_failed(j_common_ptr jpeg)
{
    (void)jpeg;
    none();
}

/* A file that ends too early is filled up with grey, with a warning only; that is no picture. */
static void jpeg_said(j_common_ptr jpeg, int level)
{
    if (level < 0 && jpeg->err->msg_code == JWRN_JPEG_EOF)
        none();
}

static void jpeg_open(struct jpeg_decompress_struct *jpeg, struct jpeg_error_mgr *errors,
                      struct text file)
{
    jpeg->err = jpeg_std_error(errors);
    errors->error_exit = jpeg_failed;
    errors->emit_message = jpeg_said;
    jpeg_create_decompress(jpeg);
    jpeg_mem_src(jpeg, (const unsigned char *)file.p, file.n);
    jpeg_save_markers(jpeg, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(jpeg, TRUE);
}

static struct text jpeg_exif(const struct jpeg_decompress_struct *jpeg)
{
    for (jpeg_saved_marker_ptr m = jpeg->marker_list; m; m = m->next) {
        struct text block = {(const char *)m->data, m->data_length};
        if (text_starts(block, T("Exif\0")))
            return block;
    }
    return (struct text){0};
}

/* As printers want it; Adobe's programs, and so all others, write it inverted. */
static void from_cmyk(unsigned char *rgb, const unsigned char *cmyk, uint32_t width, bool inverted)
{
    for (uint32_t x = 0; x < width; x++, rgb += RGB, cmyk += CMYK)
        for (int c = 0; c < RGB; c++) {
            int ink = inverted ? cmyk[c] : 255 - cmyk[c], key = inverted ? cmyk[3] : 255 - cmyk[3];
            rgb[c] = (unsigned char)(ink * key / 255);
        }
}

static int read_jpeg(struct text file, unsigned longest, struct shrink *s)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *row, *rgb;
    uint32_t longer;
    bool cmyk;
    int orientation;

    jpeg_open(&jpeg, &errors, file);
    check_size(jpeg.image_width, jpeg.image_height);
    longer = jpeg.image_width > jpeg.image_height ? jpeg.image_width : jpeg.image_height;
    orientation = orientation_of_exif(jpeg_exif(&jpeg));
    cmyk = jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK;
    jpeg.out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
    /* The decoder makes it smaller by itself, which is much the fastest; the rest is done here. */
    jpeg.scale_num = 1;
    jpeg.scale_denom = longer / 8 >= longest   ? 8
                       : longer / 4 >= longest ? 4
                       : longer / 2 >= longest ? 2
                                               : 1;
    jpeg_start_decompress(&jpeg);
    begin(s, jpeg.output_width, jpeg.output_height, longest);
    row = room((size_t)jpeg.output_width * CMYK);
    rgb = cmyk ? room((size_t)jpeg.output_width * RGB) : row;
    while (jpeg.output_scanline < jpeg.output_height) {
        jpeg_read_scanlines(&jpeg, &row, 1);
        if (cmyk)
            from_cmyk(rgb, row, jpeg.output_width, jpeg.saw_Adobe_marker);
        shrink_row(s, rgb);
    }
    return orientation;
}

/* -- PNG -- */

_Noreturn static void png_failed(png_structp png, png_const_charp what)
{
    (void)png, (void)what;
    none();
}

static void png_said(png_structp png, png_const_charp what)
{
    (void)png, (void)what;
}

static void png_take(png_structp png, png_bytep to, size_t n)
{
    struct text *rest = png_get_io_ptr(png);

    if (rest->n < n)
        none();
    memcpy(to, rest->p, n);
    *rest = text_from(*rest, n);
}

static void read_png(struct text file, unsigned longest, struct shrink *s)
{
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, png_failed, png_said);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    unsigned char *rows, *rgb;
    uint32_t width, height;
    size_t stride;
    bool interlaced;

    if (info == NULL)
        none();
    png_set_read_fn(png, &file, png_take);
    png_read_info(png, info);
    width = png_get_image_width(png, info);
    height = png_get_image_height(png, info);
    check_size(width, height);
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    png_set_add_alpha(png, 0xff, PNG_FILLER_AFTER);
    interlaced = png_set_interlace_handling(png) > 1;
    png_read_update_info(png, info);
    stride = (size_t)width * RGBA;
    if (png_get_rowbytes(png, info) != stride)
        none();
    begin(s, width, height, longest);
    rgb = room((size_t)width * RGB);
    rows = room(interlaced ? stride * height : stride);
    /* Seven passes over the whole picture: it is held in memory but for the last. */
    for (int pass = 1; interlaced && pass < 7; pass++)
        for (uint32_t y = 0; y < height; y++)
            png_read_row(png, rows + y * stride, NULL);
    for (uint32_t y = 0; y < height; y++) {
        unsigned char *row = interlaced ? rows + y * stride : rows;
        png_read_row(png, row, NULL);
        put_on_white(rgb, row, width);
        shrink_row(s, rgb);
    }
}

/* -- WebP -- */

static void read_webp(struct text file, unsigned longest, struct shrink *s)
{
    WebPDecoderConfig how;
    const uint8_t *bytes = (const uint8_t *)file.p;
    unsigned char *rgb;
    uint32_t width, height;

    if (!WebPInitDecoderConfig(&how) ||
        WebPGetFeatures(bytes, file.n, &how.input) != VP8_STATUS_OK || how.input.has_animation ||
        how.input.width <= 0 || how.input.height <= 0)
        none();
    width = (uint32_t)how.input.width;
    height = (uint32_t)how.input.height;
    check_size(width, height);
    how.output.colorspace = MODE_RGBA;
    if (WebPDecode(bytes, file.n, &how) != VP8_STATUS_OK)
        none();
    begin(s, width, height, longest);
    rgb = room((size_t)width * RGB);
    for (uint32_t y = 0; y < height; y++) {
        put_on_white(rgb, how.output.u.RGBA.rgba + (size_t)y * (size_t)how.output.u.RGBA.stride,
                     width);
        shrink_row(s, rgb);
    }
}

/* -- what becomes of it -- */

/* The pixel that stands at x, y when the picture is upright (EXIF's Orientation, 1 to 8). */
static const unsigned char *upright(const struct shrink *s, int orientation, uint32_t x, uint32_t y)
{
    uint32_t across = orientation >= 5 ? y : x, down = orientation >= 5 ? x : y;

    if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
        across = s->width - 1 - across;
    if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
        down = s->height - 1 - down;
    return s->pixels + ((size_t)down * s->width + across) * RGB;
}

static void write_all(int out, const unsigned char *p, size_t n)
{
    while (n) {
        ssize_t put = write(out, p, n);
        if (put < 0)
            none();
        p += put;
        n -= (size_t)put;
    }
}

static void write_jpeg(const struct shrink *s, int orientation, int out)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL, *row;
    unsigned long n = 0;

    jpeg.err = jpeg_std_error(&errors);
    errors.error_exit = jpeg_failed;
    errors.emit_message = jpeg_said;
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &n);
    jpeg.image_width = orientation >= 5 ? s->height : s->width;
    jpeg.image_height = orientation >= 5 ? s->width : s->height;
    jpeg.input_components = RGB;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, QUALITY, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    row = room((size_t)jpeg.image_width * RGB);
    for (uint32_t y = 0; y < jpeg.image_height; y++) {
        for (uint32_t x = 0; x < jpeg.image_width; x++)
            memcpy(row + (size_t)x * RGB, upright(s, orientation, x, y), RGB);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    write_all(out, bytes, n);
}

static void say_facts(struct text file, int out)
{
    buf_auto struct buf facts = BUF(256);
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct text exif;

    jpeg_open(&jpeg, &errors, file);
    exif = jpeg_exif(&jpeg);
    if (exif.n == 0)
        none();
    facts_of_exif(exif, &facts);
    if (facts.failed)
        none();
    write_all(out, (const unsigned char *)facts.p, facts.n);
}

static int work(int in, int out, const char *argument)
{
    struct stat st;
    struct shrink s;
    struct text file;
    int64_t longest = 0;
    int orientation = 1;

    if (fstat(in, &st) != 0 || st.st_size < 12 || st.st_size > PICTURE_BYTES)
        none();
    file.n = (size_t)st.st_size;
    file.p = mmap(NULL, file.n, PROT_READ, MAP_PRIVATE, in, 0);
    if (file.p == MAP_FAILED)
        none();
    if (strcmp(argument, "facts") == 0) {
        say_facts(file, out);
        return CHILD_DONE;
    }
    if (!text_int(text_of(argument), &longest) || longest < 1 || longest > 4096)
        none();
    if (text_starts(file, T("\xff\xd8\xff")))
        orientation = read_jpeg(file, (unsigned)longest, &s);
    else if (text_starts(file, T("\x89PNG\r\n\x1a\n")))
        read_png(file, (unsigned)longest, &s);
    else if (text_starts(file, T("RIFF")) && text_starts(text_from(file, 8), T("WEBP")))
        read_webp(file, (unsigned)longest, &s);
    else
        none();
    write_jpeg(&s, orientation, out);
    return CHILD_DONE;
}

const struct confined_job picture_job = {.name = "xiaohao: picture",
                                         .work = work,
                                         .memory = 512u << 20,
                                         .written = 16u << 20,
                                         .seconds = 20};
CONFINED_JOB(picture_job)
