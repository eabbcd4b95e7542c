#pragma once

#include <stddef.h>

/// Steps of the server of federated averaging: `parameters` move along the change scale × sum. `first`
/// and `second` are what the rule keeps, zero before the first step unless told otherwise.

/// v = momentum v + change; p += rate v.
void covey_server_momentum(
    float *parameters, float *velocity, const float *sum, size_t count, float scale, float rate,
    float momentum);

/// FedAdam: Reddi et al., "Adaptive federated optimization", ICLR 2021, algorithm 2, without bias
/// correction.
void covey_server_adam(
    float *parameters, float *first, float *second, const float *sum, size_t count, float scale,
    float rate, float beta1, float beta2, float epsilon);

/// FedYogi: as FedAdam with v -= (1 - beta2) change² sign(v - change²).
void covey_server_yogi(
    float *parameters, float *first, float *second, const float *sum, size_t count, float scale,
    float rate, float beta1, float beta2, float epsilon);

/// FedAdagrad: the same with v += change² and without momentum.
void covey_server_adagrad(
    float *parameters, float *squares, const float *sum, size_t count, float scale, float rate,
    float epsilon);

/// FTRL-Proximal: McMahan et al., "Ad click prediction: a view from the trenches", KDD 2013,
/// algorithm 1, with -change as the gradient. `z` begins as what the starting parameters solve.
void covey_server_ftrl(
    float *parameters, float *z, float *squares, const float *sum, size_t count, float scale,
    float rate, float beta, float l1, float l2);
