// memcpy, memmove, memcmp and bcmp for static binaries, which scripts/build-static.sh links in place of musl's.
//
// musl compares byte by byte and copies with `rep movs`, whose start costs more than most copies: keys and names are
// short. That was a tenth of all instructions of a render. Here short blocks are two loads that may overlap.
// `cc -DTEST memory.c` makes a program that compares all of it with the plainest loops.
#include <stddef.h>
#include <stdint.h>

typedef unsigned char byte;
typedef struct { uint64_t half[2]; } vector;

#define LOAD(type, at) ({ type loaded_; __builtin_memcpy(&loaded_, (at), sizeof(type)); loaded_; })
#define STORE(at, value) ({ __typeof__(value) stored_ = (value); __builtin_memcpy((at), &stored_, sizeof(stored_)); })

// Copies LENGTH bytes, at least one TYPE and at most two, by its first and its last TYPE; both are read before a write.
#define ENDS(type) \
    ({ \
        type first_ = LOAD(type, from), last_ = LOAD(type, from + length - sizeof(type)); \
        STORE(to, first_); \
        STORE(to + length - sizeof(type), last_); \
    })

// Blocks may overlap. memcpy is the same: asking whether they do costs nothing where they are short.
void *__wrap_memmove(void *to_, const void *from_, size_t length) {
    byte *to = to_;
    const byte *from = from_;
    typedef struct { vector quarter[4]; } block;
    typedef struct { vector half[2]; } wide;
    if (length > 2 * sizeof(block)) {
        // A block at a time, away from the bytes that are still to be read; the last one was read first.
        if ((uintptr_t)to - (uintptr_t)from >= length) {
            block last = LOAD(block, from + length - sizeof(block));
            for (size_t done = 0; done < length - sizeof(block); done += sizeof(block))
                STORE(to + done, LOAD(block, from + done));
            STORE(to + length - sizeof(block), last);
        } else {
            block first = LOAD(block, from);
            for (size_t left = length; left > sizeof(block); left -= sizeof(block))
                STORE(to + left - sizeof(block), LOAD(block, from + left - sizeof(block)));
            STORE(to, first);
        }
    } else if (length >= sizeof(block)) {
        ENDS(block);
    } else if (length >= sizeof(wide)) {
        ENDS(wide);
    } else if (length >= sizeof(vector)) {
        ENDS(vector);
    } else if (length >= 8) {
        ENDS(uint64_t);
    } else if (length >= 4) {
        ENDS(uint32_t);
    } else if (length > 0) {
        byte first = from[0], middle = from[length / 2], last = from[length - 1];
        to[0] = first;
        to[length / 2] = middle;
        to[length - 1] = last;
    }
    return to_;
}

void *__wrap_memcpy(void *to, const void *from, size_t length) __attribute__((alias("__wrap_memmove")));

// The order of two numbers is that of their bytes, if the first byte is the highest.
static int order(uint64_t left, uint64_t right) { return (left > right) - (left < right); }

int __wrap_memcmp(const void *left_, const void *right_, size_t length) {
    const byte *left = left_, *right = right_;
    if (length >= 8) {
        for (size_t at = 0; at < length - 8; at += 8) {
            uint64_t a = LOAD(uint64_t, left + at), b = LOAD(uint64_t, right + at);
            if (a != b) return order(__builtin_bswap64(a), __builtin_bswap64(b));
        }
        uint64_t a = LOAD(uint64_t, left + length - 8), b = LOAD(uint64_t, right + length - 8);
        return order(__builtin_bswap64(a), __builtin_bswap64(b));
    }
    if (length >= 4) {
#define BOTH(at) \
    ((uint64_t)__builtin_bswap32(LOAD(uint32_t, at)) << 32 | __builtin_bswap32(LOAD(uint32_t, at + length - 4)))
        return order(BOTH(left), BOTH(right));
    }
    if (length == 0) return 0;
#define THREE(at) ((uint64_t)at[0] << 16 | (uint64_t)at[length / 2] << 8 | at[length - 1])
    return order(THREE(left), THREE(right));
}

int __wrap_bcmp(const void *left, const void *right, size_t length) __attribute__((alias("__wrap_memcmp")));

#ifdef TEST
#include <stdio.h>

enum { SIZE = 700, LONGEST = 300 };
static byte plain[SIZE], ours[SIZE], other[SIZE];

static void fill(byte *block, unsigned seed) {
    for (int at = 0; at < SIZE; at++) block[at] = (byte)((seed = seed * 1103515245 + 12345) >> 16);
}

static int failed(const char *what, size_t length, size_t from, size_t to) {
    printf("%s of %zu bytes, %zu to %zu\n", what, length, from, to);
    return 1;
}

int main(void) {
    // Every length, every distance between the blocks, forwards and backwards, overlapping and not.
    for (size_t length = 0; length <= LONGEST; length++) {
        for (size_t to = 0; to + length <= SIZE; to += 1 + to % 3) {
            size_t from = 200;
            fill(plain, 1);
            fill(ours, 1);
            for (size_t at = 0; at < length; at++) other[at] = plain[from + at];
            for (size_t at = 0; at < length; at++) plain[to + at] = other[at];
            if (__wrap_memmove(ours + to, ours + from, length) != ours + to) return failed("result", length, from, to);
            for (size_t at = 0; at < SIZE; at++)
                if (ours[at] != plain[at]) return failed("copy", length, from, to);
        }
    }
    // Every length, a difference at every place, one way and the other, and a second one behind it.
    for (size_t length = 0; length <= LONGEST; length++) {
        for (size_t at = 0; at <= length; at++) {
            fill(ours, 2);
            fill(other, 2);
            if (at < length) {
                ours[at + 3] = 0x7f;
                other[at + 3] = 0x80;
                if (at + 1 < length) ours[at + 4] = 0xff, other[at + 4] = 0;
            }
            int less = __wrap_memcmp(ours + 3, other + 3, length), more = __wrap_memcmp(other + 3, ours + 3, length);
            if (at < length ? less >= 0 || more <= 0 : less != 0 || more != 0) return failed("order", length, at, at);
        }
    }
    return 0;
}
#endif
