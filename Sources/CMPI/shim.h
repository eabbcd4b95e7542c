// The few calls of MPI that a simulation makes. MPI's constants are macros that Swift cannot see, and differ
// between implementations, hence these functions. Each returns 0, or MPI's error code.
#pragma once

#include <mpi.h>
#include <stdint.h>

// Joins the processes that were started together. Calls come from any thread, one at a time.
static inline int covey_mpi_join(int *rank, int *count) {
    int provided = 0;
    int error = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided);
    if (error) return error;
    if (provided < MPI_THREAD_SERIALIZED) return MPI_ERR_OTHER;
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    error = MPI_Comm_rank(MPI_COMM_WORLD, rank);
    return error ? error : MPI_Comm_size(MPI_COMM_WORLD, count);
}

static inline int covey_mpi_leave(void) { return MPI_Finalize(); }

static inline void covey_mpi_abort(int code) { MPI_Abort(MPI_COMM_WORLD, code); }

// Replaces `words` by their sums over all processes.
static inline int covey_mpi_sum(int64_t *words, int count) {
    return MPI_Allreduce(MPI_IN_PLACE, words, count, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
}

// Gives everybody the words of process 0.
static inline int covey_mpi_broadcast(int64_t *words, int count) {
    return MPI_Bcast(words, count, MPI_INT64_T, 0, MPI_COMM_WORLD);
}

static inline int covey_mpi_send(const int64_t *words, int count) {
    return MPI_Send(words, count, MPI_INT64_T, 0, 0, MPI_COMM_WORLD);
}

static inline int covey_mpi_receive(int64_t *words, int count, int source) {
    return MPI_Recv(words, count, MPI_INT64_T, source, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}
