// @table
/** Words of random container names. */
const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const adjectives = words(`
  able agile airy amber ample apt arctic ardent autumn azure balmy bold bonny brave breezy brief bright brisk bronze calm candid cheery chief
  civil clever cobalt copper coral cosmic cozy crisp curious dapper daring deft dewy eager early earnest easy elder elegant exact fabled fair
  famous fancy fearless fine firm fleet fluent focal fond frank free fresh frosty gallant gentle genial gifted glad gleaming golden graceful
  grand hardy hasty hazel hearty hidden honest humble icy ideal indigo ivory jade jolly jovial keen kind large lasting laughing lean level
  light lively lofty loyal lucid lucky lunar magic major mellow merry mighty mild mindful misty modest mossy native neat nimble noble northern
  novel olive open opal patient peaceful plain playful pleasant plucky polar polite prime proper proud quick quiet radiant rapid rare ready
  regal rosy rustic scarlet serene sharp shiny silent silver simple sincere sleek smart smooth snowy sober solar solid spry stable stately
  steady stellar still stoic stout sturdy subtle sunny sure swift tame tender thrifty tidy tranquil trusty upbeat urban valiant velvet vivid
  warm wary western whole wild willing winter wise witty zesty
`);

export const surnames = words(`
  abel ada agnesi aiken ampere angstrom archimedes aristotle avogadro babbage backus banach banting bardeen bassi becquerel bell bernoulli
  berzelius bessel bohr boltzmann bolyai bombelli boole bose boyle brahe bragg brattain braun brouwer bunsen burnell cantor cardano carnot
  carson cauchy cavendish cayley celsius chandra chebyshev church clarke codd colmar copernicus coulomb crick curie dalton darwin davy dedekind
  descartes dijkstra dirac doppler easley eckert edison ehrlich einstein elion engelbart erdos euclid euler faraday fermat fermi feynman fischer
  fleming fourier franklin fresnel galileo galois galvani gauss geiger germain gibbs godel goodall gosling gutenberg haber hadamard hahn haller
  halley hamilton hamming hardy harvey hawking heisenberg helmholtz henry hermite herschel hertz higgs hilbert hipparchus hodgkin hollerith
  hooke hopper hubble humboldt huygens hypatia jacobi jenner johnson joule kapitsa karle keller kelvin kepler kilby klein knuth koch
  kolmogorov lagrange lamarr landau laplace lavoisier leakey leavitt legendre leibniz lindgren linnaeus liskov lister lorentz lovelace lumiere
  markov maxwell mayer mccarthy mcclintock meitner mendel mendeleev michelson milner minkowski mirzakhani moore morse napier nash neumann newton
  nobel noether noyce oersted ohm oppenheimer papert pascal pasteur pauli pauling payne peano pearson perlman planck poincare poisson ptolemy
  raman ramanujan riemann ritchie roentgen rosalind rutherford sagan salk shannon shaw shockley sinoussi snell stallman stokes swartz tesla
  thales thompson torvalds turing varahamihira villani volta wallis watson watt weierstrass weyl wiener wilbur wiles wilson wing wozniak wright
  yalow yonath zeeman zermelo zuse
`);
