/* Heat in a rod whose ends are kept cold: explicit steps in time.
   u: n temperatures inside of the rod, changed in place. work: room for n more. r = diffusivity * dt / dx^2, at most 1/2. */
void heat_steps(double *u, double *work, int n, double r, int steps)
{
    for (int step = 0; step < steps; step++) {
        for (int i = 0; i < n; i++) {
            double left = i > 0 ? u[i - 1] : 0.0;
            double right = i < n - 1 ? u[i + 1] : 0.0;
            work[i] = u[i] + r * (left - 2.0 * u[i] + right);
        }
        for (int i = 0; i < n; i++)
            u[i] = work[i];
    }
}
