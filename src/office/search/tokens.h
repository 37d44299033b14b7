/*
 * tokens.h: from text to the tokens by which it is found. Pure: no I/O, no SQL, no state.
 *
 * A text is read as pieces: a character of a script that is written without spaces (Han, kana,
 * Hangul), or a word of letters and digits. Both are folded: full width to half width, capitals to
 * small letters, traditional to simplified characters. Tokens are the pieces, and the pairs of
 * pieces that are joined: 消防通道 gives 消 防 通 道 消防 防通 通道, 第12号 gives 第 12 号 第12
 * 12号, HZ2026-0012 gives hz2026 0012 hz2026-0012. So a single character is found by a token of its
 * own, and what is longer by its pairs.
 *
 * A token is at most two pieces long and holds letters, digits, characters above ASCII, and "-"
 * within; nothing that a query language could take for its own.
 */
#ifndef XH_OFFICE_SEARCH_TOKENS_H
#define XH_OFFICE_SEARCH_TOKENS_H

#include "base/arena.h"
#include "base/buf.h"

/* Longer words count by their first so many bytes, after folding. */
enum { WORD_BYTES = 64 };

struct piece {
    char folded[WORD_BYTES];
    size_t n;
    uint64_t key;    /* the same for the same folded piece */
    bool word;       /* of letters and digits */
    bool joined;     /* to the piece before it: together they are a token */
    size_t from, to; /* bytes of the text */
};

/* Reads a text piece by piece. In a text that is asked for, white space parts words; in one that is
 * searched, Chinese stays joined across it (a line's end, 张　三). */
struct pieces {
    struct text all;
    size_t at;
    bool asking, begun, word;
};
bool piece_next(struct pieces *pieces, struct piece *piece);

/* Appends the tokens of a text that is to be found, each with a space in front. */
void tokens_put(struct buf *out, struct text t);
/* The same for a unit's or person's name and code, which a form completes while they are typed:
 * words stand as their beginnings. "_p" is in front of each token, so that whoever looks for a name
 * does not walk through all the items that say the same. */
void tokens_put_name(struct buf *out, struct text t);
/* Changes when the same text would give other tokens: what was made with another number is made
 * again. */
int64_t tokens_version(void);

/* What somebody asks for: terms, all of which must be there, each as it stands. */
enum { ASK_BYTES = 1000, ASK_PIECES = 64, ASK_TERMS = 16 };
struct ask {
    struct piece pieces[ASK_PIECES];
    struct term {
        size_t first, count; /* pieces */
    } terms[ASK_TERMS];
    size_t count;
};
/* True, or false when the words are longer than these limits allow. Words without any letter or
 * digit give no terms. */
bool ask_read(struct ask *ask, struct text words);
/* Appends the condition that a text with all terms fulfils, as FTS5 reads it: quoted tokens with
 * AND between them. */
void ask_match(struct buf *out, const struct ask *ask);
/* The same for names: words may be beginnings. */
void ask_match_name(struct buf *out, const struct ask *ask);

struct span {
    size_t from, to; /* bytes */
};
/* Where the terms stand in the text: spans that do not overlap, in their order, at most `room`.
 * *found gets a bit for each term that is there. Needs memory of the arena in proportion to the
 * text. */
size_t ask_spans(const struct ask *ask, struct text t, struct span *spans, size_t room,
                 uint32_t *found, struct arena *arena);

#endif
