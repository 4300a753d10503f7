! How much of a wave is in the temperatures of a rod: the coefficient of sin(mode * pi * x) in u, by the discrete sine transform.
function heat_amplitude(u, n, mode) result(amplitude) bind(c, name="heat_amplitude")
  use, intrinsic :: iso_c_binding, only: c_double, c_int
  implicit none
  integer(c_int), value, intent(in) :: n, mode
  real(c_double), intent(in) :: u(n)
  real(c_double) :: amplitude
  real(c_double), parameter :: pi = 3.141592653589793238462643383279503_c_double
  integer :: i

  amplitude = 0
  do i = 1, n
    amplitude = amplitude + u(i) * sin(mode * pi * i / (n + 1))
  end do
  amplitude = 2 * amplitude / (n + 1)
end function heat_amplitude
