#include "ops/concatenate/concatenate.h"

#include <string>

#include "core/far.h"
#include "core/isa.h"
#include "core/launch.h"
#include "ops/copy/copy.h"

namespace mark1 {

MARK1_VARIANTS(ConcatenateKernels, concatenate_kernels);

namespace {

// Nanoseconds per byte of output and per piece of a row, on one thread.
constexpr double kByteCost = 0.15, kPieceCost = 3.0;

int64_t product(const Shape& shape, int first, int last) {
  return shape.slice(first, last).numel();
}

std::string shapes(const std::vector<Tensor>& xs) {
  std::string text;
  for (size_t i = 0; i < xs.size() && i < 8; ++i) text += (i ? ", " : "") + xs[i].shape().str();
  return xs.size() > 8 ? text + ", ..." : text;
}

void write_rows(const char* op, const std::vector<Piece>& pieces,
                const std::vector<const Tensor*>& inputs, int64_t rows, const Tensor& out) {
  const ConcatenateKernels& kernels = concatenate_kernels_variants.current();
  ConcatenateArgs args = {};
  args.out = out.as<char>();
  args.rows = rows;
  args.stride = static_cast<int64_t>(out.bytes()) / rows;
  args.stream = is_far(2 * out.bytes());
  for (size_t next = 0; next < pieces.size();) {
    args.start += args.width;
    args.width = 0;
    args.count = 0;
    for (; next < pieces.size() && args.count < kMostPieces; ++next) {
      args.pieces[args.count++] = pieces[next];
      args.width += pieces[next].bytes;
    }
    for (int p = args.count; p < kMostPieces; ++p) args.pieces[p] = {};
    const double work = static_cast<double>(rows) *
                        (static_cast<double>(args.width) * kByteCost + args.count * kPieceCost);
    launch(op, kernels.concatenate, args, work, inputs, {&out});
  }
}

}  // namespace

Tensor concatenate(const std::vector<Tensor>& xs, int64_t axis) {
  if (xs.empty()) fail<ValueError>("concatenate", "needs at least one tensor");
  const Shape& first = xs[0].shape();
  if (first.rank() == 0) {
    fail<ValueError>("concatenate", "scalars have no axis to be joined along. Use stack");
  }
  const int along = normalize_axis("concatenate", axis, first.rank());
  Shape shape = first;
  shape[along] = 0;
  for (const Tensor& x : xs) {
    bool fits = x.rank() == first.rank();
    for (int i = 0; fits && i < first.rank(); ++i) fits = i == along || x.shape()[i] == first[i];
    if (!fits) {
      fail<ValueError>("concatenate", "shapes must agree in all axes but axis ", along,
                       " (xs: ", shapes(xs), ")");
    }
    if (x.dtype() != xs[0].dtype()) {
      fail<TypeError>("concatenate", "needs one dtype, got ", name(xs[0].dtype()), " and ",
                      name(x.dtype()));
    }
    shape[along] += x.shape()[along];
  }
  if (xs.size() == 1) return xs[0].reshaped(first);
  Tensor out(shape, xs[0].dtype());
  if (out.numel() == 0) return out;
  const int64_t rows = product(shape, 0, along);
  std::vector<Piece> pieces;
  std::vector<const Tensor*> inputs;
  for (const Tensor& x : xs) {
    if (x.numel() == 0) continue;
    const auto bytes = static_cast<int64_t>(x.bytes()) / rows;
    pieces.push_back({x.as<char>(), bytes, bytes});
    inputs.push_back(&x);
  }
  write_rows("concatenate", pieces, inputs, rows, out);
  return out;
}

Tensor roll(const Tensor& x, int64_t shift, int64_t axis) {
  const int along = normalize_axis("roll", axis, x.rank());
  const int64_t n = x.shape()[along];
  const int64_t places = n == 0 ? 0 : (shift % n + n) % n;
  if (x.numel() == 0 || places == 0) return x.reshaped(x.shape());
  Tensor out(x.shape(), x.dtype());
  const int64_t rows = product(x.shape(), 0, along);
  const auto stride = static_cast<int64_t>(x.bytes()) / rows;
  const int64_t moved = stride / n * places;
  const std::vector<Piece> pieces = {{x.as<char>() + (stride - moved), stride, moved},
                                     {x.as<char>(), stride, stride - moved}};
  write_rows("roll", pieces, {&x}, rows, out);
  return out;
}

}  // namespace mark1
