/* A boot ROM of our own for the emulated RP2040: what MicroPython and the Pico SDK call in the real one
 * (RP2040 data sheet, 2.8.3). Flash functions are breakpoints, which the emulator carries out
 * (chip/rom_calls.mjs); the numbers there and here belong together. */

#include <stdint.h>

typedef uint32_t u32;
typedef int32_t i32;
typedef int64_t i64;
typedef uint64_t u64;

#define EMULATOR_CALL(name, number) \
    __attribute__((naked)) void name(void) { __asm volatile("bkpt #" #number "\n bx lr"); }

EMULATOR_CALL(connect_internal_flash, 0xa0)
EMULATOR_CALL(flash_exit_xip, 0xa1)
EMULATOR_CALL(flash_range_erase, 0xa2)
EMULATOR_CALL(flash_range_program, 0xa3)
EMULATOR_CALL(flash_flush_cache, 0xa4)
EMULATOR_CALL(flash_enter_cmd_xip, 0xa5)
EMULATOR_CALL(reset_to_usb_boot, 0xa6)
EMULATOR_CALL(missing_function, 0x10)

/* The chip starts in the second boot stage, at the beginning of flash. */
__attribute__((naked)) void reset(void) {
    __asm volatile("ldr r0, =0x10000001\n bx r0\n .ltorg");
}

__attribute__((naked)) void fault(void) {
    __asm volatile("bkpt #0x11\n b .");
}

/* --- bits --- */

u32 popcount32(u32 x) {
    u32 count = 0;
    for (; x; x &= x - 1) {
        count++;
    }
    return count;
}

u32 clz32(u32 x) {
    return x ? __builtin_clz(x) : 32;
}

u32 ctz32(u32 x) {
    u32 count = 0;
    if (!x) {
        return 32;
    }
    for (; !(x & 1); x >>= 1) {
        count++;
    }
    return count;
}

u32 reverse32(u32 x) {
    u32 result = 0;
    for (int i = 0; i < 32; i++) {
        result = result << 1 | (x & 1);
        x >>= 1;
    }
    return result;
}

/* --- memory: words, four at a time, where both ends are aligned --- */

uint8_t *rom_memset(uint8_t *start, u32 value, u32 n) {
    uint8_t *to = start;
    value &= 255;
    u32 word = value * 0x01010101u;
    for (; n && ((u32)to & 3); n--) {
        *to++ = value;
    }
    for (; n >= 16; n -= 16, to += 16) {
        ((u32 *)to)[0] = word;
        ((u32 *)to)[1] = word;
        ((u32 *)to)[2] = word;
        ((u32 *)to)[3] = word;
    }
    for (; n >= 4; n -= 4, to += 4) {
        *(u32 *)to = word;
    }
    while (n--) {
        *to++ = value;
    }
    return start;
}

uint8_t *rom_memcpy(uint8_t *start, const uint8_t *from, u32 n) {
    uint8_t *to = start;
    if ((((u32)to ^ (u32)from) & 3) == 0) {
        for (; n && ((u32)to & 3); n--) {
            *to++ = *from++;
        }
        for (; n >= 16; n -= 16, to += 16, from += 16) {
            u32 a = ((u32 *)from)[0], b = ((u32 *)from)[1], c = ((u32 *)from)[2], d = ((u32 *)from)[3];
            ((u32 *)to)[0] = a;
            ((u32 *)to)[1] = b;
            ((u32 *)to)[2] = c;
            ((u32 *)to)[3] = d;
        }
        for (; n >= 4; n -= 4, to += 4, from += 4) {
            *(u32 *)to = *(u32 *)from;
        }
    }
    while (n--) {
        *to++ = *from++;
    }
    return start;
}

/* --- the tables' search --- */

u32 table_lookup(const uint16_t *table, u32 code) {
    for (; table[0]; table += 2) {
        if (table[0] == (uint16_t)code) {
            return table[1];
        }
    }
    return 0;
}

/* --- single-precision floats: the compiler's own routines; square root by bits, rounded to nearest --- */

float float_add(float a, float b) { return a + b; }
float float_subtract(float a, float b) { return a - b; }
float float_multiply(float a, float b) { return a * b; }
float float_divide(float a, float b) { return a / b; }
i32 float_to_int(float a) { return (i32)a; }
u32 float_to_uint(float a) { return (u32)a; }
float int_to_float(i32 a) { return (float)a; }
float uint_to_float(u32 a) { return (float)a; }
float int64_to_float(i64 a) { return (float)a; }
float uint64_to_float(u64 a) { return (float)a; }
i64 float_to_int64(float a) { return (i64)a; }
u64 float_to_uint64(float a) { return (u64)a; }
double float_to_double(float a) { return (double)a; }

float float_sqrt(float x) {
    union {
        float f;
        u32 bits;
    } value = {.f = x};
    if (value.bits == 0 || value.bits == 0x80000000u) {
        return x;
    }
    if (value.bits & 0x80000000u) {
        value.bits = 0x7fc00000; /* of a negative number: not a number */
        return value.f;
    }
    if (value.bits >= 0x7f800000u) {
        return x;
    }
    i32 exponent = (i32)(value.bits >> 23) - 127;
    u32 mantissa = value.bits & 0x7fffff;
    if (value.bits >> 23 == 0) { /* denormal */
        exponent = -126;
        while (!(mantissa & 0x800000)) {
            mantissa <<= 1;
            exponent--;
        }
    } else {
        mantissa |= 0x800000;
    }
    if (exponent & 1) {
        mantissa <<= 1;
    }
    exponent >>= 1;
    mantissa <<= 1;
    u32 root = 0, sum = 0;
    for (u32 bit = 0x1000000; bit; bit >>= 1) {
        u32 trial = sum + bit;
        if (trial <= mantissa) {
            sum = trial + bit;
            mantissa -= trial;
            root += bit;
        }
        mantissa <<= 1;
    }
    if (mantissa) {
        root += root & 1;
    }
    value.bits = (root >> 1) + ((u32)(exponent + 126) << 23);
    return value.f;
}

/* --- what stands at fixed places --- */

__attribute__((section(".vectors"), used)) const void *const vectors[4] = {
    (void *)0x20041f00, reset, fault, fault,
};

#define NONE missing_function
/* The order of pico/bootrom/sf_table.h; trigonometry and logarithms are MicroPython's own. */
__attribute__((section(".soft_float"), used)) const void *const soft_float[34] = {
    (void *)0x20200000, (void *)0, /* the count of functions stands two bytes before the table */
    float_add, float_subtract, float_multiply, float_divide,
    NONE, NONE, /* compare, classify */
    float_sqrt,
    float_to_int, NONE, float_to_uint, NONE, /* NONE: to fixed point */
    int_to_float, int_to_float, uint_to_float, uint_to_float,
    NONE, NONE, NONE, NONE, NONE, NONE, /* cosine, sine, tangent, unused, exponential, logarithm */
    NONE,
    int64_to_float, int64_to_float, uint64_to_float, uint64_to_float,
    float_to_int64, NONE, float_to_uint64, NONE,
    float_to_double,
};
