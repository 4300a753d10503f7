/* The floor under a round trip to a rank that has slept: two processes, 48 bytes there and back through shared memory, and one futex word on which the child sleeps.
 * The parent lets 3 ms go by before each trip, computing or asleep, then writes, wakes the child, and looks for the answer, yielding in between as HpcRuntime's master does.
 * What it takes is the system's: waking a core that the hypervisor had given away is the larger part on a virtual machine.
 *
 *   wake TRIPS REPETITIONS compute|sleep
 *
 * Prints one line of JSON for each repetition.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

typedef struct { atomic_int asked; char pad[60]; atomic_int answered; char pad2[60]; char there[48], back[48]; } shared_t;

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }

static int order(const void *a, const void *b) { double x = *(const double *)a, y = *(const double *)b; return (x > y) - (x < y); }

static void answer(shared_t *s) {
    char mine[48];
    for (int turn = 1;; turn++) {
        while (atomic_load_explicit(&s->asked, memory_order_acquire) != turn) syscall(SYS_futex, &s->asked, FUTEX_WAIT, turn - 1, NULL, NULL, 0);
        memcpy(mine, s->there, sizeof mine);
        mine[0]++;
        memcpy(s->back, mine, sizeof mine);
        atomic_store_explicit(&s->answered, turn, memory_order_release);
    }
}

int main(int argc, char **argv) {
    int trips = argc == 4 ? atoi(argv[1]) : 0, repetitions = argc == 4 ? atoi(argv[2]) : 0, sleeps = argc == 4 && !strcmp(argv[3], "sleep");
    if (trips < 1 || repetitions < 1 || (!sleeps && strcmp(argv[3], "compute"))) { fprintf(stderr, "usage: wake TRIPS REPETITIONS compute|sleep\n"); return 2; }
    shared_t *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    double *taken = calloc(trips, sizeof *taken);
    if (s == MAP_FAILED || !taken) { perror("memory"); return 1; }
    pid_t parent = getpid(), child = fork();
    if (child < 0) { perror("fork"); return 1; }
    if (child == 0) { prctl(PR_SET_PDEATHSIG, SIGKILL); if (getppid() != parent) _exit(1); answer(s); }
    for (int r = 0, turn = 0; r < repetitions; r++) {
        double begun = now();
        for (int i = 0; i < trips; i++) {
            struct timespec pause = { 0, 3000000 };
            if (sleeps) nanosleep(&pause, NULL);
            else for (double start = now(); now() - start < 0.003;) { }
            memset(s->there, ++turn & 63, sizeof s->there);
            double start = now();
            atomic_store_explicit(&s->asked, turn, memory_order_release);
            syscall(SYS_futex, &s->asked, FUTEX_WAKE, 1, NULL, NULL, 0);
            while (atomic_load_explicit(&s->answered, memory_order_acquire) != turn) sched_yield();
            taken[i] = now() - start;
            if (s->back[0] != (turn & 63) + 1 || s->back[47] != (turn & 63)) { fprintf(stderr, "wrong answer\n"); return 1; }
        }
        double seconds = now() - begun;
        qsort(taken, trips, sizeof *taken, order);
        printf("{\"floor\":\"wake\",\"seconds\":%.6f,\"p50_us\":%.2f,\"p99_us\":%.2f}\n", seconds, taken[trips / 2] * 1e6, taken[trips * 99 / 100] * 1e6);
    }
    kill(child, SIGKILL);
    return 0;
}
