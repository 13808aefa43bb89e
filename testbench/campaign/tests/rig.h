// SPDX-License-Identifier: MIT
/* Files in a folder of their own, and campaigns made of them. */
#ifndef TESTBENCH_CAMPAIGN_TESTS_RIG_H
#define TESTBENCH_CAMPAIGN_TESTS_RIG_H

#include "testbench/campaign/campaign.h"

/* A fixture: the folder is there, and is the current one. */
void rig_setup(void);
void rig_teardown(void);

void rig_write(const char *name, const char *text, size_t size);
/* The caller's to free. */
char *rig_read(const char *name, size_t *size);

/* A minute polled every 2 s in a.yaml, and the campaign c.yaml with these keys after it. */
struct campaign *rig_campaign(const char *keys);
/* The same of a file that is wrong: its error as "LINE: TEXT". */
const char *rig_error(const char *keys);
/* Both with the option --sweep. */
struct campaign *rig_swept(const char *keys, const char *sweep);
const char *rig_swept_error(const char *keys, const char *sweep);

#endif
