// SPDX-License-Identifier: Apache-2.0

#ifndef PURSER_BUILD_INFORMATION_H
#define PURSER_BUILD_INFORMATION_H

/// The git commit of the build, or "unknown". The string is static.
const char *purser_commit(void);

#endif
