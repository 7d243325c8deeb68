"""Layers over lines, planes and volumes: convolution, pooling, resizing."""

from tests.peers.tables.table import rows

CONVOLUTION = [
    *rows((9, 4))("""
        Conv1D(4, 3)
        Conv1D(4, 3, padding='causal', dilation_rate=2)
        Conv1D(4, 3, padding='causal', strides=2)
        Conv1D(4, 4, strides=2, padding='same', activation='relu')
        Conv1D(4, 2, dilation_rate=3, padding='same', use_bias=False)
        Conv1D(6, 3, groups=2)
        Conv1DTranspose(3, 3)
        Conv1DTranspose(3, 3, strides=2, padding='same')
        Conv1DTranspose(3, 2, strides=3, output_padding=1)
        DepthwiseConv1D(3)
        DepthwiseConv1D(3, depth_multiplier=2, padding='same')
        DepthwiseConv1D(4, strides=2, padding='same', activation='tanh')
        SeparableConv1D(5, 3)
        SeparableConv1D(5, 3, depth_multiplier=2, strides=2, padding='same')
        SeparableConv1D(5, 2, dilation_rate=2, use_bias=False)
    """),
    *rows((9, 4), compiled=True)("""
        Conv1D(4, 3, data_format='channels_first')
        Conv1D(3, 3, groups=3, strides=2, padding='same', data_format='channels_first')
        Conv1DTranspose(3, 3, dilation_rate=2)
        Conv1DTranspose(3, 3, dilation_rate=2, padding='same')
        DepthwiseConv1D(3, dilation_rate=2, padding='same')
        SeparableConv1D(5, 3, data_format='channels_first')
    """),
    *rows((7, 6, 4))("""
        Conv2D(4, 3)
        Conv2D(4, (3, 2), strides=(2, 1), padding='same')
        Conv2D(4, 2, strides=3, padding='same', activation='relu')
        Conv2D(4, 3, dilation_rate=2, use_bias=False)
        Conv2D(4, 3, dilation_rate=(1, 2), padding='same')
        Conv2D(4, 1, kernel_regularizer='l2', bias_constraint='non_neg')
        Conv2D(6, 3, groups=2)
        Conv2D(8, 3, groups=4, strides=2, padding='same')
        Conv2DTranspose(3, 3)
        Conv2DTranspose(3, 3, strides=2)
        Conv2DTranspose(3, 3, strides=2, padding='same', activation='relu')
        Conv2DTranspose(3, (2, 4), strides=(1, 2), padding='same')
        Conv2DTranspose(3, 3, strides=2, output_padding=1)
        Conv2DTranspose(3, 3, strides=2, padding='same', output_padding=(0, 1))
        Conv2DTranspose(3, 2, strides=3, use_bias=False)
        DepthwiseConv2D(3)
        DepthwiseConv2D((2, 3), depth_multiplier=2, padding='same')
        DepthwiseConv2D(3, strides=2, padding='same', use_bias=False)
        DepthwiseConv2D(2, dilation_rate=2, activation='relu')
        SeparableConv2D(5, 3)
        SeparableConv2D(5, 3, strides=2, padding='same', depth_multiplier=2)
        SeparableConv2D(5, 2, dilation_rate=2, use_bias=False, activation='relu')
        Sequential([Conv2D(4, 3), BatchNormalization(), ReLU(), MaxPooling2D(), Flatten()])
        Sequential([Conv2D(4, 3, activation='relu'), MaxPooling2D(), Flatten(), Dense(2)])
    """),
    *rows((4, 7, 10), compiled=True)("""
        Conv2D(4, 3, data_format='channels_first')
        Conv2D(4, 3, strides=2, padding='same', data_format='channels_first', groups=2)
        Conv2DTranspose(3, 3, strides=2, data_format='channels_first')
        Conv2DTranspose(3, 3, dilation_rate=2, padding='same')
        Conv2DTranspose(3, 3, dilation_rate=(1, 2))
        DepthwiseConv2D(3, padding='same', data_format='channels_first')
        SeparableConv2D(5, 3, data_format='channels_first')
    """),
    *rows((4, 5, 6, 2))("""
        Conv3D(3, 2)
        Conv3D(3, (2, 3, 1), strides=2, padding='same', activation='tanh')
        Conv3DTranspose(3, 2)
        Conv3DTranspose(2, (2, 3, 2), strides=2, padding='same')
    """),
    *rows((4, 5, 6, 2), compiled=True)("""
        Conv3D(4, 2, groups=2)
        Conv3D(3, 2, dilation_rate=2)
        Conv3D(3, 2, data_format='channels_first')
    """),
]

POOLING = [
    *rows((7, 3))("""
        MaxPooling1D()
        MaxPooling1D(3, strides=1, padding='same')
        AveragePooling1D(2)
        AveragePooling1D(3, strides=2, padding='same')
        GlobalAveragePooling1D()
        GlobalAveragePooling1D(data_format='channels_first', keepdims=True)
        GlobalMaxPooling1D()
        GlobalMaxPooling1D(keepdims=True)
        AdaptiveAveragePooling1D(3)
        AdaptiveMaxPooling1D(4)
    """),
    *rows((7, 3), compiled=True)("""
        MaxPooling1D(2, data_format='channels_first')
        AveragePooling1D(2, data_format='channels_first', padding='same')
    """),
    *rows((7, 6, 3))("""
        MaxPooling2D()
        MaxPooling2D((3, 2), strides=(1, 2), padding='same')
        MaxPooling2D(2, strides=3)
        AveragePooling2D(2)
        AveragePooling2D(3, strides=2, padding='same')
        AveragePooling2D((2, 3), strides=1)
        GlobalAveragePooling2D()
        GlobalAveragePooling2D(data_format='channels_first')
        GlobalMaxPooling2D(keepdims=True)
        GlobalMaxPooling2D(data_format='channels_first')
        AdaptiveAveragePooling2D((3, 4))
        AdaptiveAveragePooling2D(2, data_format='channels_first')
        AdaptiveMaxPooling2D(3)
    """),
    *rows((7, 6, 3), compiled=True)("""
        MaxPooling2D(2, data_format='channels_first')
        AveragePooling2D(2, data_format='channels_first', padding='same')
    """),
    *rows((4, 5, 6, 2), dtypes=("float32",))("""
        MaxPooling3D()
        MaxPooling3D((1, 2, 3), strides=2, padding='same')
        AveragePooling3D(2)
        AveragePooling3D(3, strides=1, padding='same')
        AdaptiveAveragePooling3D((2, 3, 2))
        AdaptiveMaxPooling3D(2)
    """),
    *rows((4, 5, 6, 2))("""
        GlobalAveragePooling3D()
        GlobalAveragePooling3D(data_format='channels_first', keepdims=True)
        GlobalMaxPooling3D()
    """),
]

RESIZING = [
    *rows((5, 6, 3), dtypes=("float32",))("""
        UpSampling2D((2, 3), interpolation='bilinear')
        UpSampling2D(2, interpolation='bicubic')
        UpSampling2D((3, 2), interpolation='lanczos3')
        UpSampling2D(2, interpolation='lanczos5')
    """),
    *rows((5, 6, 3))("""
        Cropping2D()
        Cropping2D(((1, 0), (2, 1)))
        Cropping2D(1, data_format='channels_first')
        UpSampling2D()
        UpSampling2D(2, data_format='channels_first')
        UpSampling2D(2, interpolation='nearest')
        ZeroPadding2D()
        ZeroPadding2D(((1, 0), (2, 1)))
        ZeroPadding2D((1, 2), data_format='channels_first')
    """),
    *rows((4, 5, 6, 2))("""
        Cropping3D()
        Cropping3D(((1, 0), (2, 1), (0, 1)))
        Cropping3D((1, 2, 0), data_format='channels_first')
        UpSampling3D()
        UpSampling3D((1, 2, 3), data_format='channels_first')
        ZeroPadding3D()
        ZeroPadding3D(((1, 0), (2, 1), (0, 1)))
    """),
]

CASES = [*CONVOLUTION, *POOLING, *RESIZING]
