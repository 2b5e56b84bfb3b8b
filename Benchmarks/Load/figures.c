#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <time.h>

uint64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

// 64 steps for each doubling, so within 1.6 %.
static unsigned slot_of(uint64_t value) {
    if (value < 64) return (unsigned)value;
    unsigned exponent = 63 - (unsigned)__builtin_clzll(value);
    return (exponent - 5) * 64 + (unsigned)((value >> (exponent - 6)) & 63);
}

static uint64_t value_of(unsigned slot) {
    if (slot < 64) return slot;
    unsigned exponent = slot / 64 + 5;
    return (1ull << exponent) + ((uint64_t)(slot % 64) << (exponent - 6));
}

void histogram_add(Histogram *histogram, uint64_t nanoseconds) {
    histogram->counts[slot_of(nanoseconds)]++;
}

double histogram_us(const Histogram *histogram, double share) {
    uint64_t all = 0, seen = 0;
    for (unsigned i = 0; i < 4096; i++) all += histogram->counts[i];
    for (unsigned i = 0; i < 4096; i++) {
        seen += histogram->counts[i];
        if (seen > 0 && (double)seen >= (double)all * share) return (double)value_of(i) / 1e3;
    }
    return 0;
}

double process_seconds(pid_t process) {
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0) {
        fail("the server (process %d) is gone", process);
    }
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

double process_kib(pid_t process) {
    char line[256];
    long kib = -1;
    snprintf(line, sizeof line, "/proc/%d/status", process);
    FILE *file = fopen(line, "r");
    if (!file) fail("the server (process %d) is gone", process);
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "VmRSS: %ld", &kib) == 1) break;
    }
    fclose(file);
    return (double)kib;
}
