"""Core, reshaping, merging, activation, normalisation, regularisation and preprocessing layers."""

from tests.peers.tables.table import bits, gaps, ids, normal, rows

# Keras makes tensors of numbers in the formula, by default in float32.
CONSTANTS = "numbers of the formula are rounded to float32"
MASKED = "Keras adds 10^-7 to the number of steps that are seen"

CORE = [
    *rows((5,))("""
        Dense(3)
        Dense(3, activation='relu', use_bias=False)
        Dense(4, activity_regularizer='l2', kernel_constraint='max_norm', bias_constraint='non_neg')
        Dense(4, kernel_regularizer=regularizers.L1L2(0.01, 0.02))
        Dense(4, kernel_constraint=constraints.UnitNorm(axis=1), bias_constraint='unit_norm')
        Dense(4, kernel_constraint=constraints.MinMaxNorm(0.2, 0.8, rate=0.7, axis=0))
        Dense(4, kernel_constraint=constraints.NonNeg())
        Dense(4, kernel_constraint=constraints.MaxNorm(0.5, axis=1))
        Activation(ops.tanh)
        ActivityRegularization(0.01, 0.02)
        Identity()
        Lambda(lambda x: ops.square(x))
        RepeatVector(3)
        SpectralNormalization(Dense(3))
        SpectralNormalization(Dense(3, activation='tanh'), power_iterations=3)
        Sequential([Dense(4, activation='tanh'), Dense(2)])
        Dense(2)(x) + Dense(2)(x) * 3.0
    """),
    *rows((5,), single=CONSTANTS)("""
        Dense(4, activation='softmax', kernel_regularizer='l2', bias_regularizer='l1')
        Dense(6, kernel_regularizer=regularizers.OrthogonalRegularizer(0.03, mode='columns'))
        Dense(6, kernel_regularizer=regularizers.OrthogonalRegularizer(0.03))
        Activation('gelu')
    """),
    *rows((4, 3))("""
        Dense(2, activation='sigmoid')
        EinsumDense('abc,cd->abd', output_shape=(None, 5), bias_axes='d')
        EinsumDense('abc,bcd->ad', output_shape=(5,), activation='relu', bias_axes='d')
        EinsumDense('...x,xy->...y', output_shape=5)
        EinsumDense('abc,bde->acde', output_shape=(3, 2, 5), bias_axes='de')
        Flatten()
        Flatten('channels_first')
        Permute((2, 1))
        Reshape((6, 2))
        Reshape((-1, 2, 3))
        TimeDistributed(Dense(2, activation='tanh'))
        Cropping1D(1)
        Cropping1D((0, 2))
        UpSampling1D(3)
        ZeroPadding1D((2, 1))
        ZeroPadding1D(2, data_format='channels_first')
        Sequential([Reshape((2, 6)), Permute((2, 1)), Flatten(), Dense(3)])
    """),
    *rows(ids(7, 4))("""
        Embedding(7, 3)
        ReversibleEmbedding(7, 3)
        Embedding(7, 3, mask_zero=True, embeddings_regularizer='l2')
        Embedding(7, 3, embeddings_constraint='unit_norm', embeddings_initializer='ones')
        Sequential([Embedding(7, 3, mask_zero=True), GlobalAveragePooling1D()])
        Sequential([Embedding(7, 3, mask_zero=True), LSTM(2)])
        Sequential([Embedding(7, 3, mask_zero=True), TimeDistributed(Dense(2)), GRU(2)])
        Sequential([Embedding(7, 3, mask_zero=True), Dropout(0.0), Dense(2), Flatten()])
    """),
    *rows(gaps(5, 3))("""
        Masking()
        Masking(0.5)
        Sequential([Masking(), SimpleRNN(3)])
        Sequential([Masking(), LSTM(3, return_sequences=True), GlobalAveragePooling1D()])
        Sequential([Masking(), GRU(3, return_sequences=True, zero_output_for_mask=True)])
        Sequential([Masking(), Bidirectional(LSTM(3, return_sequences=True)), Dense(2)])
        Sequential([Masking(), ActivityRegularization(0.1), Dense(2)])
        Masking()(x) + 1.0
    """),
    *rows(gaps(5, 3), single=MASKED)("""
        Sequential([Masking(), BatchNormalization()])
    """),
]

MERGING = [
    *rows((4, 3), (4, 3))("""
        Add()([x, y])
        Subtract()([x, y])
        Multiply()([x, y])
        Average()([x, y])
        Maximum()([x, y])
        Minimum()([x, y])
        Concatenate()([x, y])
        Concatenate(axis=1)([x, y])
        Dot(axes=2)([x, y])
        add([x, Dense(3)(y)])
        concatenate([Masking()(x), y], axis=1)
        Dense(3)(subtract([x, y])), average([x, y])
    """),
    *rows((4, 3), (4, 3), single=CONSTANTS)("""
        Dot(axes=(1, 1), normalize=True)([x, y])
        dot([Dense(3)(x), y], axes=-1, normalize=True)
    """),
    *rows((4, 3), (4, 3), (1, 3))("""
        Add()([x, z, x])
        Multiply()([x, z])
        Maximum()([z, x, y])
        Dot(axes=(2, 2))([x, z])
    """),
]

ACTIVATION = [
    *rows((4, 3))("""
        ReLU()
        ELU(alpha=0.7)
        PReLU()
        PReLU(shared_axes=[1], alpha_initializer='ones')
        Softmax()
        Softmax(axis=1)
        Softmax(axis=(1, 2))
        Sequential([PReLU(), Softmax(), PReLU()])
    """),
    *rows((4, 3), single=CONSTANTS)("""
        ReLU(max_value=1.0, negative_slope=0.2, threshold=0.3)
        LeakyReLU()
        LeakyReLU(negative_slope=0.1)
    """),
    *rows((4, 3), bits(4, 3))("""
        Softmax()(x, mask=y)
    """),
]

NORMALIZATION = [
    *rows((4, 3, 6), single=CONSTANTS)("""
        BatchNormalization(gamma_constraint='non_neg', gamma_regularizer='l1')
    """),
    *rows((4, 3, 6))("""
        BatchNormalization()
        BatchNormalization(axis=1, momentum=0.8, epsilon=0.01)
        BatchNormalization(axis=2, scale=False)
        BatchNormalization(center=False, beta_regularizer='l2')
        BatchNormalization(trainable=False)
        GroupNormalization(3)
        GroupNormalization(-1)
        GroupNormalization(1, epsilon=0.01, scale=False)
        GroupNormalization(2, axis=1, center=False)
        LayerNormalization()
        LayerNormalization(axis=1)
        LayerNormalization(axis=(1, 2, 3), epsilon=0.1)
        LayerNormalization(axis=(2, 3), center=False)
        LayerNormalization(scale=False, gamma_regularizer='l2')
        RMSNormalization()
        RMSNormalization(axis=-1, epsilon=0.1)
        UnitNormalization()
        UnitNormalization(axis=(1, 2))
        UnitNormalization(axis=2)
        Sequential([Dense(4), BatchNormalization(), ReLU(), Dense(2)])
    """),
]

REGULARIZATION = [
    *rows((4, 3), random=True)("""
        Dropout(0.5)
        Dropout(0.3, noise_shape=(None, 1, 3), seed=3)
        GaussianDropout(0.4)
        GaussianNoise(0.7)
        AlphaDropout(0.3)
        SpatialDropout1D(0.5)
        Sequential([Dense(3), Dropout(0.2), Dense(2)])
    """),
    *rows((4, 3, 2), random=True)("""
        SpatialDropout2D(0.5)
        SpatialDropout2D(0.5, data_format='channels_first')
    """),
    *rows((4, 3, 2, 2), random=True)("""
        SpatialDropout3D(0.5)
    """),
    *rows((4, 3))("""
        Dropout(0.0)
        GaussianNoise(0.0)
        GaussianDropout(0.0)
        AlphaDropout(0.0)
    """),
]

PREPROCESSING = [
    *rows(ids(12, 4))("""
        IntegerLookup(vocabulary=[3, 5, 10])
        IntegerLookup(vocabulary=[3, 5, 10], mask_token=0, num_oov_indices=1)
    """),
    *rows((4, 3))("""
        Rescaling(0.5)
        Discretization([-1.0, 0.0, 0.7])
        Discretization([-1.0, 0.0, 0.7], output_mode='int')
        Pipeline([Rescaling(0.5), Rescaling(2.0, 1.0)])
    """),
    *rows((4, 3), single=CONSTANTS)("""
        Rescaling(1 / 127.5, offset=-1.0)
        Rescaling([0.1, 0.2, 0.3], [1.0, 2.0, 3.0])
        Normalization(mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 0.5])
        Normalization(axis=None, mean=0.3, variance=2.0, invert=True)
        Normalization(axis=1, mean=[0.1, 0.2, 0.3, 0.4], variance=[1.0, 2.0, 0.5, 3.0])
    """),
    *rows((1,))("""
        Discretization([-1.0, 0.0, 0.7], output_mode='one_hot')
        Discretization([-1.0, 0.0, 0.7], output_mode='multi_hot')
        Discretization([-1.0, 0.0, 0.7], output_mode='count')
    """),
    *rows(ids(6, 4))("""
        CategoryEncoding(6)
        CategoryEncoding(6, output_mode='count')
    """),
    *rows(ids(6, 1))("""
        CategoryEncoding(6, output_mode='one_hot')
    """),
    *rows(ids(6, 4), normal(4), no_gradients="TensorFlow's bincount has none")("""
        CategoryEncoding(6, output_mode='count')(x, count_weights=y)
    """),
]

CASES = [*CORE, *MERGING, *ACTIVATION, *NORMALIZATION, *REGULARIZATION, *PREPROCESSING]
