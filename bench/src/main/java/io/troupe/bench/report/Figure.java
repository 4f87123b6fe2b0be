package io.troupe.bench.report;

/**
 * One value that a pass has measured.
 *
 * @param name tells the figures of a pass apart; empty where there is one
 */
public record Figure(String name, Unit unit, double value) {}
