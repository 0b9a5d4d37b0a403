package dev.flamepool.simulators.ec2;

import java.time.Instant;
import java.util.Map;

/**
 * A request that the simulator has seen.
 *
 * @param at by the simulator's clock
 * @param operation {@code RunInstances} and the like for EC2; {@code s3:GetObject}, {@code
 *     ssm:GetParameter}, {@code imds:Get} and the like for the others
 * @param path with query, but without a signature
 * @param parameters of an EC2 request, without the user data
 * @param status what it was answered; 0 if the connection was closed without an answer
 * @param code of the refusal; empty if it was none
 */
public record Served(
    Instant at,
    String operation,
    String method,
    String path,
    Map<String, String> parameters,
    int status,
    String code) {}
