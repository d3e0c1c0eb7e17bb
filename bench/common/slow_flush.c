/* Put in front of the C library (LD_PRELOAD), it makes every flush take longer. */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void take_time(void) {
  const char *microseconds = getenv("SLOW_FLUSH_MICROSECONDS");
  long left = microseconds ? atol(microseconds) : 0;
  struct timespec pause = {left / 1000000, left % 1000000 * 1000};
  nanosleep(&pause, NULL);
}

int fsync(int file) {
  take_time();
  return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
  take_time();
  return (int)syscall(SYS_fdatasync, file);
}
