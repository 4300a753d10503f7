/* The floor under workload W4: a dispatcher without overhead. WORKERS forked processes take the next duration from a shared counter and compute for so long; the parent sleeps.
 *
 *   uneven WORKERS FILE       FILE: a duration in microseconds in each line
 *
 * Prints one line of JSON. Efficiency is the sum of the durations over the time of all workers.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }

int main(int argc, char **argv) {
    FILE *file = argc == 3 ? fopen(argv[2], "r") : NULL;
    int workers = argc == 3 ? atoi(argv[1]) : 0, count = 0, spin[100000];
    if (!file || workers < 1 || workers > 64) { fprintf(stderr, "usage: uneven WORKERS (1 to 64) FILE\n"); return 2; }
    double sum = 0;
    while (count < 100000 && fscanf(file, "%d", &spin[count]) == 1) sum += spin[count++] * 1e-6;
    struct { atomic_int next, done; } *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) { perror("mmap"); return 1; }
    double start = now();
    for (int w = 0; w < workers; w++) {
        pid_t child = fork();
        if (child < 0) { perror("fork"); return 1; }
        if (child > 0) continue;
        for (int i; (i = atomic_fetch_add(&shared->next, 1)) < count; atomic_fetch_add(&shared->done, 1)) {
            for (double end = now() + spin[i] * 1e-6; now() < end;) { }
        }
        _exit(0);
    }
    while (wait(NULL) > 0) { }
    double seconds = now() - start;
    if (!count || shared->done != count) { fprintf(stderr, "%d of %d ran\n", shared->done, count); return 1; }
    printf("{\"floor\":\"uneven\",\"slaves\":%d,\"count\":%d,\"seconds\":%.6f,\"efficiency\":%.4f}\n", workers, count, seconds, sum / workers / seconds);
    return 0;
}
