#!/bin/sh
# Writes simulated curves for decay-fit, as CSV on standard output: the same arguments give the same bytes with any awk.
#   scripts/make-curves.sh [CURVES [POINTS [SEED [MODEL]]]] > curves.csv
# Defaults: 100 curves of 12 points, seed 1, model decay (or saturation, inversion). Noise: 1 % of the largest y, normal.
set -eu

curves=${1:-100}
points=${2:-12}
seed=${3:-1}
model=${4:-decay}

whole() {
    case $2 in
        '' | *[!0-9]*) echo "make-curves.sh: $1 must be a whole number, not '$2'" >&2; exit 2 ;;
    esac
}
whole CURVES "$curves"
whole POINTS "$points"
whole SEED "$seed"
case $model in
    decay | saturation | inversion) ;;
    *) echo "make-curves.sh: MODEL must be decay, saturation or inversion, not '$model'" >&2; exit 2 ;;
esac

LC_ALL=C awk -v curves="$curves" -v points="$points" -v seed="$seed" -v model="$model" '
# Park and Miller 1988: products stay below 2^53, so every awk gives the same numbers (its own rand() does not).
function uniform() { state = (state * 16807) % 2147483647; return state / 2147483647 }
function gaussian() { return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform()) }
BEGIN {
    state = (seed % 2147483646) + 1
    for (i = 0; i < 10; i++) uniform()
    printf "# simulated: %d curves, %d points, seed %d, model %s, noise 1 %%\n", curves, points, seed, model
    print "curve,x,y"
    for (c = 1; c <= curves; c++) {
        rate = exp(log(2) + uniform() * log(10))
        amplitude = 100 * (1 + uniform())
        for (p = 0; p < points; p++) {
            x = p * 0.6 / points
            e = exp(-rate * x)
            y = model == "decay" ? amplitude * e : model == "saturation" ? amplitude * (1 - e) : amplitude * (1 - 2 * e)
            printf "c%05d,%.6g,%.9g\n", c, x, y + amplitude / 100 * gaussian()
        }
    }
}'
