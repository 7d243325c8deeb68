// Which dtypes the operations of broadcast have, in the order of kBinaryNames: the table, from two
// templates over operation and dtype that make kernels, one for integers and one for floats.
#pragma once

#define MARK1_BROADCAST_WHOLE(Op, whole)                                                      \
  {                                                                                           \
    {nullptr}, whole<Op, uint8_t>(), whole<Op, int32_t>(), whole<Op, int64_t>(), {nullptr}, { \
      nullptr                                                                                 \
    }                                                                                         \
  }
#define MARK1_BROADCAST_REAL(Op, real) \
  {{nullptr}, {nullptr}, {nullptr}, {nullptr}, real<Op, float>(), real<Op, double>()}
#define MARK1_BROADCAST_BOTH(Op, whole, real)                                           \
  {{nullptr},         whole<Op, uint8_t>(), whole<Op, int32_t>(), whole<Op, int64_t>(), \
   real<Op, float>(), real<Op, double>()}

#define MARK1_BROADCAST_TABLE(whole, real)                                                        \
  {                                                                                               \
    {                                                                                             \
      MARK1_BROADCAST_BOTH(Add, whole, real), MARK1_BROADCAST_BOTH(Subtract, whole, real),        \
          MARK1_BROADCAST_BOTH(Multiply, whole, real), MARK1_BROADCAST_REAL(Divide, real),        \
          MARK1_BROADCAST_BOTH(Maximum, whole, real), MARK1_BROADCAST_BOTH(Minimum, whole, real), \
          MARK1_BROADCAST_BOTH(Power, whole, real),                                               \
          MARK1_BROADCAST_BOTH(FloorDivide, whole, real), MARK1_BROADCAST_BOTH(Mod, whole, real), \
          MARK1_BROADCAST_REAL(Arctan2, real), MARK1_BROADCAST_REAL(Nextafter, real),             \
          MARK1_BROADCAST_WHOLE(BitwiseAnd, whole), MARK1_BROADCAST_WHOLE(BitwiseOr, whole),      \
          MARK1_BROADCAST_WHOLE(BitwiseXor, whole), MARK1_BROADCAST_WHOLE(LeftShift, whole),      \
          MARK1_BROADCAST_WHOLE(RightShift, whole),                                               \
    }                                                                                             \
  }
