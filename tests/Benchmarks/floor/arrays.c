/* The floor under workloads W3a, W3b and W3c without MPI. W3b: COUNT arrays of doubles go to WORKERS forked processes through shared memory, and new ones with 1 added come back.
 * It copies as often as HpcRuntime's `process` fabric does (array -> segment -> the worker's array, the worker's result -> segment -> the master's array) and
 * takes fresh memory for every array that a command or a result brings, as a program does that keeps its results. Segments are used again.
 *
 *   arrays WORKERS COUNT BYTES REPETITIONS          W3b
 *   arrays WORKERS COUNT BYTES REPETITIONS echo     W3a: the same bytes back, without the second array
 *   arrays WORKERS COUNT BYTES REPETITIONS fork     W3c: WORKERS children that are forked while the array is there read it; nothing is copied; COUNT is not used
 *
 * Prints one line of JSON for each repetition.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

typedef struct { atomic_int full_in; char pad[60]; atomic_int full_out; char pad2[60]; } flags_t;

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }

static void *shared(size_t bytes) {
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) { perror("mmap"); exit(1); }
    return p;
}

static void await(atomic_int *flag, int value) {
    for (int looks = 0; atomic_load_explicit(flag, memory_order_acquire) != value; looks++) if (looks > 100) sched_yield();
}

static void work(flags_t *f, double *in, double *out, size_t n, int echo) {
    for (;;) {
        await(&f->full_in, 1);
        double *mine = malloc(n * 8), *sum = echo ? mine : malloc(n * 8);
        memcpy(mine, in, n * 8);
        atomic_store_explicit(&f->full_in, 0, memory_order_release);
        if (!echo) for (size_t i = 0; i < n; i++) sum[i] = mine[i] + 1.0;
        await(&f->full_out, 0);
        memcpy(out, sum, n * 8);
        atomic_store_explicit(&f->full_out, 1, memory_order_release);
        free(mine);
        if (!echo) free(sum);
    }
}

static void print(double bytes, double seconds) { printf("{\"floor\":\"arrays\",\"seconds\":%.6f,\"mb_per_s\":%.1f}\n", seconds, bytes / 1048576 / seconds); }

static int fork_and_read(int workers, double *array, size_t n, int repetitions) {
    for (int r = 0; r < repetitions; r++) {
        int answers[2];
        if (pipe(answers)) { perror("pipe"); return 1; }
        fflush(stdout);
        double start = now(), sum, right = array[0] + array[n / 2] + array[n - 1];
        for (int w = 0; w < workers; w++) {
            if (fork() == 0) { sum = array[0] + array[n / 2] + array[n - 1]; _exit(write(answers[1], &sum, sizeof sum) != sizeof sum); }
        }
        for (int w = 0; w < workers; w++) {
            if (read(answers[0], &sum, sizeof sum) != sizeof sum || sum != right) { fprintf(stderr, "wrong sum\n"); return 1; }
        }
        double seconds = now() - start;
        while (wait(NULL) > 0) { }
        close(answers[0]); close(answers[1]);
        print((double)workers * n * 8, seconds);
    }
    return 0;
}

int main(int argc, char **argv) {
    int echo = argc == 6 && !strcmp(argv[5], "echo"), forks = argc == 6 && !strcmp(argv[5], "fork");
    if (argc != 5 && !echo && !forks) { fprintf(stderr, "usage: arrays WORKERS COUNT BYTES REPETITIONS [echo|fork]\n"); return 2; }
    int workers = atoi(argv[1]), count = atoi(argv[2]), repetitions = atoi(argv[4]);
    size_t n = (size_t)atoll(argv[3]) / 8;
    if (workers < 1 || workers > 64 || count < 1 || n < 1) { fprintf(stderr, "arrays: 1 to 64 workers, 1 array or more, 8 bytes or more\n"); return 2; }
    flags_t *f = shared(workers * sizeof *f);
    double *in[64], *out[64], **result = calloc(count, sizeof *result), **sources = calloc(count, sizeof *sources), *source;
    for (int k = 0; k < count; k++) { /* As in the contract: byte strings of their own, one array for all. */
        sources[k] = k > 0 && !echo ? sources[0] : malloc(n * 8);
        if (k == 0 || echo) for (size_t i = 0; i < n; i++) sources[k][i] = i;
    }
    source = sources[0];
    if (forks) return fork_and_read(workers, source, n, repetitions);
    pid_t children[64];
    for (int w = 0; w < workers; w++) {
        in[w] = shared(n * 8); out[w] = shared(n * 8);
        pid_t master = getpid();
        if ((children[w] = fork()) == 0) { prctl(PR_SET_PDEATHSIG, SIGKILL); if (getppid() != master) _exit(1); work(&f[w], in[w], out[w], n, echo); }
    }
    for (int r = 0; r < repetitions; r++) {
        int sent = 0, done = 0;
        double start = now();
        while (done < count) {
            int moved = 0;
            for (int w = 0; w < workers; w++) {
                if (sent < count && !atomic_load_explicit(&f[w].full_in, memory_order_acquire)) {
                    memcpy(in[w], sources[sent++], n * 8); moved = 1;
                    atomic_store_explicit(&f[w].full_in, 1, memory_order_release);
                }
                if (atomic_load_explicit(&f[w].full_out, memory_order_acquire)) {
                    result[done] = malloc(n * 8);
                    memcpy(result[done++], out[w], n * 8); moved = 1;
                    atomic_store_explicit(&f[w].full_out, 0, memory_order_release);
                }
            }
            if (!moved) sched_yield();
        }
        double seconds = now() - start;
        for (int i = 0; i < count; i++) {
            if (result[i][0] != !echo || result[i][n - 1] != source[n - 1] + !echo) { fprintf(stderr, "wrong result\n"); return 1; }
            free(result[i]);
        }
        print(2.0 * count * n * 8, seconds);
    }
    for (int w = 0; w < workers; w++) kill(children[w], SIGKILL);
    return 0;
}
