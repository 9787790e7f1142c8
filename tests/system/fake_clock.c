/* A wall clock of its own for one program and its children, by LD_PRELOAD; see tests/virtual_wall.py.
 *
 * VIRTUAL_WALL names a file of two numbers of nanoseconds, which may change at any time: `asleep` moves the
 * clock on the wall and the one that counts from boot, as a suspend does; `stepped` moves the wall alone, as
 * whoever sets a clock does. CLOCK_MONOTONIC, and all waiting that counts by it, stays as it is.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL

struct offsets {
    _Atomic int64_t asleep;
    _Atomic int64_t stepped;
};

static const struct offsets *offsets;

/* A test whose clock silently stayed the real one would prove nothing. */
static void give_up(const char *why) {
    fprintf(stderr, "fake_clock: %s\n", why);
    _exit(127);
}

static const struct offsets *open_offsets(void) {
    const char *path = getenv("VIRTUAL_WALL");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) give_up("VIRTUAL_WALL names no file");
    void *mapped = mmap(NULL, sizeof *offsets, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (mapped == MAP_FAILED) give_up("its file cannot be mapped");
    return mapped;
}

/* On first use: other libraries may ask for the time before our constructors would run. */
static int64_t shift_of(clockid_t clock) {
    if (!offsets) offsets = open_offsets();
    switch (clock) {
        case CLOCK_BOOTTIME:
        case CLOCK_BOOTTIME_ALARM:
            return offsets->asleep;
        case CLOCK_REALTIME:
        case CLOCK_REALTIME_COARSE:
        case CLOCK_REALTIME_ALARM:
        case CLOCK_TAI:
            return offsets->asleep + offsets->stepped;
        default:
            return 0;
    }
}

static struct timespec plus(struct timespec moment, int64_t nanoseconds) {
    int64_t sum = moment.tv_nsec + nanoseconds % SECOND;
    moment.tv_sec += nanoseconds / SECOND + (sum >= SECOND) - (sum < 0);
    moment.tv_nsec = (sum + SECOND) % SECOND;
    return moment;
}

/* Reading. Straight from the kernel: the library's own functions cannot be reached from here at all times. */

int clock_gettime(clockid_t clock, struct timespec *now) {
    int failed = syscall(SYS_clock_gettime, clock, now);
    if (!failed) *now = plus(*now, shift_of(clock));
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (now) *now = exact.tv_sec;
    return exact.tv_sec;
}

/* The kernel, which would tell that its clock moved, knows nothing of ours. */
int timerfd_create(int clock, int flags) {
    (void)clock;
    (void)flags;
    errno = ENOSYS;
    return -1;
}

/* Waiting until a moment, which the kernel knows only by its own clocks: a moment on our wall is given to it as
 * one on the real wall, with the offset of when the wait begins. Those who wait for a length need no help, nor
 * does pthread_cond_timedwait: the interpreter's conditions count by CLOCK_MONOTONIC. */

static void *next(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) give_up(name);
    return found;
}

static struct timespec on_the_real_wall(clockid_t clock, const struct timespec *until) {
    return plus(*until, -shift_of(clock));
}

int sem_clockwait(sem_t *restrict semaphore, clockid_t clock, const struct timespec *restrict until) {
    int (*real)(sem_t *, clockid_t, const struct timespec *) = next("sem_clockwait");
    struct timespec moment = on_the_real_wall(clock, until);
    return real(semaphore, clock, &moment);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until) {
    int (*real)(sem_t *, const struct timespec *) = next("sem_timedwait");
    struct timespec moment = on_the_real_wall(CLOCK_REALTIME, until);
    return real(semaphore, &moment);
}

int pthread_cond_clockwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, clockid_t clock,
                           const struct timespec *restrict until) {
    int (*real)(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *) =
        next("pthread_cond_clockwait");
    struct timespec moment = on_the_real_wall(clock, until);
    return real(condition, mutex, clock, &moment);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *until, struct timespec *rest) {
    struct timespec moment = flags & TIMER_ABSTIME ? on_the_real_wall(clock, until) : *until;
    return syscall(SYS_clock_nanosleep, clock, flags, &moment, rest) ? errno : 0;
}
