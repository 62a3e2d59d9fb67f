// SPDX-License-Identifier: Apache-2.0

#ifndef PURSER_PROCESS_H
#define PURSER_PROCESS_H

#include <spawn.h>

/// Sets whether the process may be dumped and traced by its user, see PR_SET_DUMPABLE in prctl(2), which Swift cannot
/// call because it is variadic.
/// Returns 0, or -1 with errno.
int purser_set_dumpable(int dumpable);

/// Closes all descriptors from `lowest` in the new process, without a list of them from /proc. Swift does not see the
/// function of glibc 2.34 that this calls, because it is an extension.
/// Returns 0 or an error number.
int purser_spawn_close_from(posix_spawn_file_actions_t *actions, int lowest);

/// Gives free memory of the allocator back to the system, malloc_trim(3); Swift does not see its header.
void purser_trim_memory(void);

#endif
