// SPDX-License-Identifier: Apache-2.0

#include "build_information.h"

// Package.swift defines it, because Swift has no defines with a value. A new commit recompiles only this file.
#ifndef PURSER_COMMIT
#define PURSER_COMMIT "unknown"
#endif

const char *purser_commit(void) { return PURSER_COMMIT; }
