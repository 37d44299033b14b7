/* picture_facts.c: what the EXIF of a picture says; runs in the picture's child. */
#include <libexif/exif-data.h>
#include <math.h>

#include "base/buf.h"
#include "formats/picture_child.h"

static ExifData *read_exif(struct text exif)
{
    return exif_data_new_from_data((const unsigned char *)exif.p, (unsigned)exif.n);
}

static const ExifEntry *entry(ExifData *data, ExifIfd ifd, unsigned tag, ExifFormat format)
{
    const ExifEntry *e = exif_content_get_entry(data->ifd[ifd], (ExifTag)tag);

    return e && e->format == format && e->data ? e : NULL;
}

static struct text ascii(ExifData *data, ExifIfd ifd, unsigned tag)
{
    const ExifEntry *e = entry(data, ifd, tag, EXIF_FORMAT_ASCII);

    return e ? (struct text){(const char *)e->data, strnlen((const char *)e->data, e->size)}
             : (struct text){0};
}

/* Degrees, minutes and seconds; NAN when they are not there. */
static double degrees(ExifData *data, unsigned tag, unsigned reference, char negative, double most)
{
    const ExifEntry *e = entry(data, EXIF_IFD_GPS, tag, EXIF_FORMAT_RATIONAL);
    struct text side = ascii(data, EXIF_IFD_GPS, reference);
    ExifByteOrder order = exif_data_get_byte_order(data);
    double sum = 0, part = 1;

    if (e == NULL || e->components != 3 || e->size < 24 || side.n == 0)
        return NAN;
    for (size_t i = 0; i < 3; i++, part *= 60) {
        ExifRational r = exif_get_rational(e->data + 8 * i, order);
        if (r.denominator == 0)
            return NAN;
        sum += r.numerator / part / r.denominator;
    }
    return sum > most ? NAN : side.p[0] == negative ? -sum : sum;
}

void facts_of_exif(struct text exif, struct buf *out)
{
    ExifData *data = read_exif(exif);
    struct text made, offset;
    double north, east;

    if (data == NULL)
        return;
    made = ascii(data, EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL);
    offset = ascii(data, EXIF_IFD_EXIF, EXIF_TAG_OFFSET_TIME_ORIGINAL);
    if (made.n == 19 && text_utf8(made)) { /* "2026:03:01 10:20:30" */
        buf_printf(out, "%.4s-%.2s-%.2s%c%.8s", made.p, made.p + 5, made.p + 8,
                   offset.n == 6 ? 'T' : ' ', made.p + 11);
        if (offset.n == 6)
            buf_text(out, offset);
    }
    buf_char(out, '\n');
    north = degrees(data, EXIF_TAG_GPS_LATITUDE, EXIF_TAG_GPS_LATITUDE_REF, 'S', 90);
    east = degrees(data, EXIF_TAG_GPS_LONGITUDE, EXIF_TAG_GPS_LONGITUDE_REF, 'W', 180);
    if (!isnan(north) && !isnan(east))
        buf_printf(out, "%.5f, %.5f", north, east);
    buf_char(out, '\n');
    exif_data_unref(data);
}

int orientation_of_exif(struct text exif)
{
    ExifData *data = read_exif(exif);
    const ExifEntry *e = NULL;
    int is = 1;

    if (data) {
        e = entry(data, EXIF_IFD_0, EXIF_TAG_ORIENTATION, EXIF_FORMAT_SHORT);
        if (e && e->size >= 2)
            is = exif_get_short(e->data, exif_data_get_byte_order(data));
        exif_data_unref(data);
    }
    return is >= 1 && is <= 8 ? is : 1;
}
