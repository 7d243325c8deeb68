"""Recurrent layers and attention."""

from tests.peers.tables.table import bits, gaps, rows

SOUNDS = [
    *rows((23, 2), size=256)("""
        STFTSpectrogram(frame_length=8)
        STFTSpectrogram('magnitude', 8, 3, 16, 'hamming', True, 'spectrum', 'same')
        STFTSpectrogram('psd', 8, 8, window=None, expand_dims=True)
        STFTSpectrogram('stft', 8, 4, padding='same', window=[1.0, 2.0, 3.0, 4.0] * 2)
    """),
]
RECURRENT = [
    *rows((5, 3))("""
        SimpleRNN(4)
        SimpleRNN(4, activation='relu', return_sequences=True, use_bias=False)
        SimpleRNN(4, return_state=True, go_backwards=True)
        SimpleRNN(4, unroll=True, kernel_regularizer='l2', bias_constraint='non_neg')
        LSTM(4)
        LSTM(4, return_sequences=True, return_state=True)
        LSTM(4, go_backwards=True, return_sequences=True, use_bias=False)
        LSTM(4, unit_forget_bias=False, recurrent_activation='hard_sigmoid', activation='relu')
        LSTM(4, recurrent_regularizer='l2', bias_regularizer='l2', activity_regularizer='l2')
        LSTM(4, unroll=True, return_sequences=True)
        GRU(4)
        GRU(4, reset_after=False)
        GRU(4, return_sequences=True, return_state=True, use_bias=False)
        GRU(4, reset_after=False, go_backwards=True, return_sequences=True, activation='relu')
        GRU(4, recurrent_activation='hard_sigmoid', recurrent_constraint='max_norm')
        Bidirectional(LSTM(3))
        Bidirectional(LSTM(3, return_sequences=True), merge_mode='sum')
        Bidirectional(GRU(3, return_sequences=True), merge_mode='ave')
        Bidirectional(SimpleRNN(3), merge_mode='mul')
        Bidirectional(LSTM(3, return_sequences=True), merge_mode=None)
        Bidirectional(LSTM(3, return_state=True, return_sequences=True))
        Bidirectional(GRU(3), backward_layer=GRU(3, go_backwards=True, reset_after=False))
        RNN(SimpleRNNCell(4))
        RNN(LSTMCell(4), return_sequences=True)
        RNN(GRUCell(4, reset_after=False), return_state=True)
        RNN([LSTMCell(4), GRUCell(3)], return_sequences=True)
        RNN(StackedRNNCells([GRUCell(4), SimpleRNNCell(3)]), return_state=True)
        Sequential([LSTM(4, return_sequences=True), LSTM(3), Dense(2)])
        TimeDistributed(Dense(2))
    """),
    *rows((5, 3), random=True)("""
        LSTM(4, dropout=0.3, recurrent_dropout=0.2)
        GRU(4, dropout=0.3, return_sequences=True)
        SimpleRNN(4, recurrent_dropout=0.4)
        Bidirectional(LSTM(3, dropout=0.3))
        RNN(LSTMCell(4, dropout=0.2, recurrent_dropout=0.3))
    """),
    *rows((5, 3), (4,), (4,))("""
        LSTM(4)(x, initial_state=[y, z])
        GRU(4, return_sequences=True)(x, initial_state=y)
        SimpleRNN(4)(x, initial_state=[y])
        LSTM(4, return_state=True)(x, initial_state=[y, z])
        Bidirectional(GRU(4))(x, initial_state=[y, z])
        LSTM(4)(x, initial_state=LSTM(4, return_state=True)(x)[1:])
    """),
    *rows((5, 3), bits(5))("""
        LSTM(4)(x, mask=y)
        GRU(4, return_sequences=True)(x, mask=y)
        SimpleRNN(4, return_sequences=True, zero_output_for_mask=True)(x, mask=y)
        LSTM(4, go_backwards=True, return_sequences=True)(x, mask=y)
        Bidirectional(LSTM(3, return_sequences=True))(x, mask=y)
        RNN([LSTMCell(4), GRUCell(3)], return_sequences=True)(x, mask=y)
        GRU(3, reset_after=False, return_state=True)(x, mask=y)
    """),
    *rows(gaps(6, 2))("""
        Sequential([Masking(), LSTM(3, return_sequences=True), Bidirectional(GRU(2)), Dense(1)])
    """),
    *rows((4, 5, 6, 2))("""
        TimeDistributed(Conv2D(3, 2))
        TimeDistributed(Sequential([Flatten(), Dense(2)]))
    """),
    *rows((3,), (4,), (4,))("""
        SimpleRNNCell(4)(x, [y])[0]
        GRUCell(4)(x, y)[0]
        LSTMCell(4)(x, [y, z])[0]
        GRUCell(4, reset_after=False, use_bias=False)(x, [y])[0]
    """),
]

SCALE = "the root of the length is rounded to float32"

ATTENTION = [
    *rows((5, 6), (7, 6), (7, 6))("""
        Attention()([x, y])
        Attention()([x, y, z])
        Attention(use_scale=True)([x, y, z])
        Attention(score_mode='concat')([x, y, z])
        Attention(score_mode='concat', use_scale=True)([x, y, z], use_causal_mask=True)
        Attention()([x, y, z], return_attention_scores=True)
        AdditiveAttention()([x, y, z])
        AdditiveAttention(use_scale=False)([x, y], return_attention_scores=True)
        AdditiveAttention()([x, y], use_causal_mask=True)
    """),
    *rows((5, 6), (7, 6), (7, 6), single=SCALE)("""
        MultiHeadAttention(2, 3)(x, y)
        MultiHeadAttention(2, 3)(x, y, z)
        MultiHeadAttention(2, 3, value_dim=4, use_bias=False)(x, y, z)
        MultiHeadAttention(2, 3, output_shape=5)(x, y)
        MultiHeadAttention(2, 3, output_shape=(3, 2))(x, y)
        MultiHeadAttention(2, 3, use_gate=True)(x, y)
        MultiHeadAttention(2, 3)(x, y, use_causal_mask=True)
        MultiHeadAttention(2, 3)(query=x, value=y, key=z)
        MultiHeadAttention(2, 3, kernel_regularizer='l2', bias_constraint='non_neg')(x, y)
        GroupQueryAttention(3, 4, 2)(x, y)
        GroupQueryAttention(3, 4, 1, use_bias=False)(x, y, z)
        GroupQueryAttention(3, 4, 2)(x, y, return_attention_scores=True)
    """),
    *rows((5, 6), single=SCALE)("""
        GroupQueryAttention(3, 4, 2)(x, x, use_causal_mask=True)
    """),
    *rows((5, 6), random=True, single=SCALE)("""
        MultiHeadAttention(2, 3, dropout=0.2)(x, x)
        GroupQueryAttention(3, 4, 2, dropout=0.2)(x, x)
        Attention(dropout=0.3)([x, x])
    """),
    *rows((5, 6), (7, 6), bits(5, 7), single=SCALE)("""
        MultiHeadAttention(2, 3)(x, y, attention_mask=z)
        MultiHeadAttention(2, 3)(x, y, attention_mask=z, use_causal_mask=True)
        GroupQueryAttention(3, 4, 2)(x, y, attention_mask=z)
    """),
    *rows((5, 6), (7, 6), bits(5), bits(7))("""
        Attention()([x, y], mask=[z, u])
        AdditiveAttention()([x, y], mask=[z, u], use_causal_mask=True)
    """),
    *rows((5, 6), (7, 6), bits(5), bits(7), single=SCALE)("""
        ops.where(z[..., None], MultiHeadAttention(2, 3)(x, y, query_mask=z, value_mask=u), 0.0)
    """),
    *rows((2, 4, 5), single=SCALE)("""
        MultiHeadAttention(2, 3, attention_axes=(1,))(x, x)
        MultiHeadAttention(2, 3, attention_axes=(2,))(x, x)
        MultiHeadAttention(2, 3, attention_axes=(1, 2))(x, x)
    """),
    *rows((2, 4, 5), (2, 3, 5), single=SCALE, no_shapes="Keras takes the queries for the keys")("""
        MultiHeadAttention(2, 3, attention_axes=(1,))(x, x, return_attention_scores=True)
        MultiHeadAttention(2, 3, attention_axes=(2,))(x, y, return_attention_scores=True)
        MultiHeadAttention(2, 3, attention_axes=(1, 2))(x, y, return_attention_scores=True)
    """),
    *rows(gaps(6, 4), single=SCALE)("""
        GlobalAveragePooling1D()(MultiHeadAttention(2, 3)(Masking()(x), Masking()(x)))
        LayerNormalization()(x + MultiHeadAttention(2, 3)(x, x, use_causal_mask=True))
        Attention()([Masking()(x), Masking()(x)])
    """),
]

CASES = [*RECURRENT, *ATTENTION, *SOUNDS]
