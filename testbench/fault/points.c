// SPDX-License-Identifier: MIT
#include "testbench/fault/points.h"

const struct fault_point_info fault_points[FAULT_POINTS] = {
        [FAULT_LOSE_INTERRUPT] = { "lose-interrupt", FAULT_TAKES_QUEUE, 0 },
        [FAULT_LATE_INTERRUPT] = { "late-interrupt", FAULT_TAKES_QUEUE | FAULT_TAKES_BY,
                                   FAULT_TAKES_BY },
        [FAULT_DOUBLE_INTERRUPT] = { "double-interrupt", FAULT_TAKES_QUEUE | FAULT_TAKES_BY,
                                     FAULT_TAKES_BY },
        [FAULT_SPURIOUS_INTERRUPT] = { "spurious-interrupt",
                                       FAULT_TAKES_VECTOR | FAULT_TAKES_PERIOD | FAULT_TAKES_BEHIND,
                                       0 },
        [FAULT_LOSE_NOTIFICATION] = { "lose-notification", FAULT_TAKES_QUEUE, 0 },
        [FAULT_LATE_NOTIFICATION] = { "late-notification", FAULT_TAKES_QUEUE | FAULT_TAKES_BY,
                                      FAULT_TAKES_BY },
        [FAULT_READ_ALL_ONES] = { "read-all-ones", FAULT_TAKES_REGION, 0 },
        [FAULT_LOSE_WRITE] = { "lose-write", FAULT_TAKES_REGION, 0 },
        [FAULT_FAIL_DMA_READ] = { "fail-dma-read", FAULT_TAKES_MEMORY, 0 },
        [FAULT_FAIL_DMA_WRITE] = { "fail-dma-write", FAULT_TAKES_MEMORY, 0 },
        [FAULT_TEAR_DMA_READ] = { "tear-dma-read", FAULT_TAKES_MEMORY | FAULT_TAKES_BYTES,
                                  FAULT_TAKES_BYTES },
        [FAULT_TEAR_DMA_WRITE] = { "tear-dma-write", FAULT_TAKES_MEMORY | FAULT_TAKES_BYTES,
                                   FAULT_TAKES_BYTES },
        [FAULT_FLIP_DMA_READ] = { "flip-dma-read", FAULT_TAKES_MEMORY | FAULT_TAKES_BIT, 0 },
        [FAULT_FLIP_DMA_WRITE] = { "flip-dma-write", FAULT_TAKES_MEMORY | FAULT_TAKES_BIT, 0 },
        [FAULT_LATE_DMA_WRITE] = { "late-dma-write", FAULT_TAKES_MEMORY | FAULT_TAKES_BY,
                                   FAULT_TAKES_BY },
        [FAULT_UNMAP_DMA] = { "unmap-dma", FAULT_TAKES_MEMORY, 0 },
        [FAULT_EARLY_TIMER] = { "early-timer", FAULT_TAKES_BY, FAULT_TAKES_BY },
        [FAULT_LATE_TIMER] = { "late-timer", FAULT_TAKES_BY, FAULT_TAKES_BY },
        [FAULT_LOSE_TIMER] = { "lose-timer", 0, 0 },
        [FAULT_LATE_DMA_READ] = { "late-dma-read", FAULT_TAKES_MEMORY | FAULT_TAKES_BY,
                                  FAULT_TAKES_BY },
        [FAULT_QMP_DISCONNECT] = { "qmp-disconnect", FAULT_TAKES_BYTES | FAULT_TAKES_BY, 0 },
        [FAULT_STEP_CLOCK] = { "step-clock", FAULT_TAKES_BY | FAULT_TAKES_BACK, 0 },
};

const struct sim_record_kind event_fault = {
        "fault", 2, { { "name", SIM_FIELD_TEXT }, { "detail", SIM_FIELD_TEXT } }
};
