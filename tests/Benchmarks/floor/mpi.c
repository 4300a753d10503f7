/* The raw MPI floor under hpcrun bench: what a C program without any runtime does with the same messages.
 *
 *   mpiexec -n N mpi pingpong BYTES COUNT       rank 0 and 1, the fastest and the median round trip in us
 *   mpiexec -n N mpi bandwidth BYTES COUNT      rank 0 to rank 1, eight messages on their way at a time
 *   mpiexec -n N mpi farm DEPTH COUNT           COUNT numbers there and back, DEPTH outstanding with each slave
 *   mpiexec -n N mpi bytes BYTES COUNT          W3a: byte strings there and back, results in fresh memory
 *   mpiexec -n N mpi arrays BYTES COUNT         W3b: arrays of doubles there, new ones with 1 added back, results in fresh memory
 *   mpiexec -n N mpi broadcast BYTES COUNT      W3c: one array to every rank with MPI_Bcast, and an answer from each
 *
 * Prints one line of JSON. Results are checked before a figure is printed. Build: mpicc -O2 -Wall -o mpi mpi.c
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TAG_WORK = 1, TAG_DONE = 2, TAG_END = 3 };

static int rank, size;

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }

static int ascending(const void *a, const void *b) { double x = *(const double *)a, y = *(const double *)b; return (x > y) - (x < y); }

static void fail(const char *what) { fprintf(stderr, "mpi floor: %s\n", what); MPI_Abort(MPI_COMM_WORLD, 1); }

static void *get(size_t bytes) { void *p = malloc(bytes ? bytes : 1); if (!p) fail("out of memory"); return p; }

static void pingpong(int bytes, int count) {
    char *buffer = calloc(bytes + 1, 1);
    double *trips = get(count * sizeof *trips);
    for (int i = -count / 10; i < count; i++) {
        double start = now();
        if (rank == 0) {
            MPI_Send(buffer, bytes, MPI_BYTE, 1, TAG_WORK, MPI_COMM_WORLD);
            MPI_Recv(buffer, bytes, MPI_BYTE, 1, TAG_DONE, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        } else if (rank == 1) {
            MPI_Recv(buffer, bytes, MPI_BYTE, 0, TAG_WORK, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            MPI_Send(buffer, bytes, MPI_BYTE, 0, TAG_DONE, MPI_COMM_WORLD);
        }
        if (i >= 0) trips[i] = (now() - start) * 1e6;
    }
    if (rank == 0) {
        qsort(trips, count, sizeof *trips, ascending);
        printf("{\"floor\":\"pingpong\",\"bytes\":%d,\"round_trip_best_us\":%.3f,\"round_trip_p50_us\":%.3f}\n", bytes, trips[0], trips[count / 2]);
    }
}

static void bandwidth(int bytes, int count) {
    enum { WINDOW = 8 };
    MPI_Request request[WINDOW];
    char *buffer[WINDOW];
    for (int w = 0; w < WINDOW; w++) { buffer[w] = get(bytes); memset(buffer[w], w, bytes); request[w] = MPI_REQUEST_NULL; }
    double start = now();
    for (int i = 0; i < count && rank < 2; i++) {
        int w = i % WINDOW;
        MPI_Wait(&request[w], MPI_STATUS_IGNORE);
        if (rank == 0) MPI_Isend(buffer[w], bytes, MPI_BYTE, 1, TAG_WORK, MPI_COMM_WORLD, &request[w]);
        else MPI_Irecv(buffer[w], bytes, MPI_BYTE, 0, TAG_WORK, MPI_COMM_WORLD, &request[w]);
    }
    for (int w = 0; w < WINDOW; w++) MPI_Wait(&request[w], MPI_STATUS_IGNORE);
    if (rank == 1) {
        for (int w = 0; w < WINDOW && w < count; w++) if (bytes && (buffer[w][0] != w || buffer[w][bytes - 1] != w)) fail("wrong payload");
        MPI_Send(&rank, 1, MPI_INT, 0, TAG_DONE, MPI_COMM_WORLD);
    } else if (rank == 0) {
        int answer;
        MPI_Recv(&answer, 1, MPI_INT, 1, TAG_DONE, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        double seconds = now() - start;
        printf("{\"floor\":\"bandwidth\",\"bytes\":%d,\"count\":%d,\"seconds\":%.6f,\"mb_per_s\":%.1f}\n", bytes, count, seconds, (double)bytes * count / 1048576 / seconds);
    }
}

/* Numbers there and back. */
static void farm(int depth, int count) {
    if (rank == 0) {
        int next = 0, done = 0, *value = get(count * sizeof *value), *ran = calloc(size, sizeof *ran);
        double start = now();
        for (int d = 0; d < depth; d++)
            for (int r = 1; r < size && next < count; r++, next++) MPI_Send(&next, 1, MPI_INT, r, TAG_WORK, MPI_COMM_WORLD);
        while (done < count) {
            int got; MPI_Status status;
            MPI_Recv(&got, 1, MPI_INT, MPI_ANY_SOURCE, TAG_DONE, MPI_COMM_WORLD, &status);
            value[got] = got; done++; ran[status.MPI_SOURCE]++;
            if (next < count) { MPI_Send(&next, 1, MPI_INT, status.MPI_SOURCE, TAG_WORK, MPI_COMM_WORLD); next++; }
        }
        double seconds = now() - start;
        int least = count;
        for (int i = 0; i < count; i++) if (value[i] != i) fail("wrong value");
        for (int r = 1; r < size; r++) { if (ran[r] < least) least = ran[r]; MPI_Send(&r, 1, MPI_INT, r, TAG_END, MPI_COMM_WORLD); }
        printf("{\"floor\":\"farm\",\"slaves\":%d,\"depth\":%d,\"count\":%d,\"seconds\":%.6f,\"per_s\":%.1f,\"least_share\":%.3f}\n",
               size - 1, depth, count, seconds, count / seconds, (double)least / count);
        return;
    }
    for (;;) {
        int got; MPI_Status status;
        MPI_Recv(&got, 1, MPI_INT, 0, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
        if (status.MPI_TAG == TAG_END) return;
        MPI_Send(&got, 1, MPI_INT, 0, TAG_DONE, MPI_COMM_WORLD);
    }
}

/* Payloads there and back: with `add` one array of doubles for all, and new ones back; else byte strings, each of its own, and the same bytes back. Each result is received into memory of its own. */
static void payloads(size_t bytes, int count, int add) {
    double start = now();
    if (rank == 0) {
        char **source = get(count * sizeof *source), **result = get(count * sizeof *result);
        for (int i = 0; i < count; i++) {
            if (add && i > 0) { source[i] = source[0]; continue; }
            source[i] = get(bytes);
            if (add) for (size_t k = 0; k < bytes / 8; k++) ((double *)source[i])[k] = k;
            else memset(source[i], 7, bytes);
        }
        for (int repetition = 0; repetition < 7; repetition++) {
            MPI_Request sending[256];
            int next = 0, done = 0;
            for (int r = 0; r < 256; r++) sending[r] = MPI_REQUEST_NULL;
            start = now();
            for (int r = 1; r < size && next < count; r++, next++) MPI_Isend(source[next], bytes, MPI_BYTE, r, TAG_WORK, MPI_COMM_WORLD, &sending[r]);
            while (done < count) {
                MPI_Status status;
                MPI_Probe(MPI_ANY_SOURCE, TAG_DONE, MPI_COMM_WORLD, &status);
                int r = status.MPI_SOURCE;
                MPI_Wait(&sending[r], MPI_STATUS_IGNORE);
                if (next < count) { MPI_Isend(source[next], bytes, MPI_BYTE, r, TAG_WORK, MPI_COMM_WORLD, &sending[r]); next++; }
                result[done] = get(bytes);
                MPI_Recv(result[done++], bytes, MPI_BYTE, r, TAG_DONE, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            }
            double seconds = now() - start;
            for (int i = 0; i < count; i++) {
                if (add ? ((double *)result[i])[0] != 1 || ((double *)result[i])[bytes / 8 - 1] != (double)(bytes / 8) : result[i][0] != 7 || result[i][bytes - 1] != 7) fail("wrong payload");
                free(result[i]);
            }
            printf("{\"floor\":\"%s\",\"slaves\":%d,\"bytes\":%zu,\"count\":%d,\"rep\":%d,\"seconds\":%.6f,\"mb_per_s\":%.1f}\n",
                   add ? "arrays" : "bytes", size - 1, bytes, count, repetition, seconds, 2.0 * count * bytes / 1048576 / seconds);
        }
        for (int r = 1; r < size; r++) MPI_Send(source[0], 0, MPI_BYTE, r, TAG_END, MPI_COMM_WORLD);
        return;
    }
    for (;;) {
        MPI_Status status;
        MPI_Probe(0, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
        char *in = get(bytes);
        MPI_Recv(in, status.MPI_TAG == TAG_END ? 0 : bytes, MPI_BYTE, 0, status.MPI_TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        if (status.MPI_TAG == TAG_END) return;
        char *out = in;
        if (add) {
            out = get(bytes);
            for (size_t i = 0; i < bytes / 8; i++) ((double *)out)[i] = ((double *)in)[i] + 1;
            free(in);
        }
        MPI_Send(out, bytes, MPI_BYTE, 0, TAG_DONE, MPI_COMM_WORLD);
        free(out);
    }
}

static void broadcast(size_t bytes, int count) {
    double *array = get(bytes);
    size_t n = bytes / 8;
    for (int repetition = 0; repetition < count; repetition++) {
        if (rank == 0) for (size_t i = 0; i < n; i++) array[i] = i;
        MPI_Barrier(MPI_COMM_WORLD);
        double start = now();
        MPI_Bcast(array, bytes, MPI_BYTE, 0, MPI_COMM_WORLD);
        double sum = array[0] + array[n / 2] + array[n - 1], all = 0;
        MPI_Reduce(&sum, &all, 1, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
        if (rank == 0) {
            double seconds = now() - start;
            if (all != size * sum) fail("wrong sum");
            printf("{\"floor\":\"broadcast\",\"slaves\":%d,\"bytes\":%zu,\"rep\":%d,\"seconds\":%.6f,\"mb_per_s\":%.1f}\n", size - 1, bytes, repetition, seconds, (size - 1.0) * bytes / 1048576 / seconds);
        }
    }
}

int main(int argc, char **argv) {
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (argc != 4 || size < 2 || size > 256) fail("usage: mpiexec -n 2..256 mpi pingpong|bandwidth|farm|bytes|arrays|broadcast A B");
    if (!strcmp(argv[1], "pingpong")) pingpong(atoi(argv[2]), atoi(argv[3]));
    else if (!strcmp(argv[1], "bandwidth")) bandwidth(atoi(argv[2]), atoi(argv[3]));
    else if (!strcmp(argv[1], "farm")) farm(atoi(argv[2]), atoi(argv[3]));
    else if (!strcmp(argv[1], "bytes")) payloads(atoll(argv[2]), atoi(argv[3]), 0);
    else if (!strcmp(argv[1], "arrays")) payloads(atoll(argv[2]), atoi(argv[3]), 1);
    else if (!strcmp(argv[1], "broadcast")) broadcast(atoll(argv[2]), atoi(argv[3]));
    else fail("no such floor");
    MPI_Finalize();
    return 0;
}
