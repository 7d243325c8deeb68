"""An actor and its critic learn by a tape around a whole episode."""

import numpy as np

import mark1 as keras
import mark1 as tf
from mark1 import layers, ops

keras.utils.set_random_seed(0)


class Env:
    def reset(self):
        self.s = np.zeros(4)
        self.t = 0
        return self.s

    def step(self, a):
        self.s = self.s * 0.9 + np.array([a, 1 - a, 0.1, -0.1])
        self.t += 1
        return self.s, float(a), self.t >= 20


env = Env()
inputs = layers.Input(shape=(4,))
common = layers.Dense(32, activation="relu")(inputs)
action = layers.Dense(2, activation="softmax")(common)
critic = layers.Dense(1)(common)
model = keras.Model(inputs=inputs, outputs=[action, critic])
optimizer = keras.optimizers.Adam(learning_rate=0.01)
huber_loss = keras.losses.Huber()
action_probs_history, critic_value_history, rewards_history = [], [], []
running_reward = 0
gamma = 0.99
eps = np.finfo(np.float32).eps.item()
for episode in range(10):
    state = env.reset()
    episode_reward = 0
    with tf.GradientTape() as tape:
        for timestep in range(1, 100):
            state = ops.convert_to_tensor(state, dtype="float32")
            state = ops.expand_dims(state, 0)
            action_probs, critic_value = model(state)
            critic_value_history.append(critic_value[0, 0])
            action = np.random.choice(2, p=np.squeeze(action_probs))
            action_probs_history.append(ops.log(action_probs[0, action]))
            state, reward, done = env.step(action)
            rewards_history.append(reward)
            episode_reward += reward
            if done:
                break
        running_reward = 0.05 * episode_reward + 0.95 * running_reward
        returns = []
        discounted = 0
        for r in rewards_history[::-1]:
            discounted = r + gamma * discounted
            returns.insert(0, discounted)
        returns = np.array(returns)
        returns = (returns - np.mean(returns)) / (np.std(returns) + eps)
        returns = returns.tolist()
        actor_losses, critic_losses = [], []
        for log_prob, value, ret in zip(action_probs_history, critic_value_history, returns):
            diff = ret - value
            actor_losses.append(-log_prob * diff)
            critic_losses.append(huber_loss(ops.expand_dims(value, 0), ops.expand_dims(ret, 0)))
        loss_value = sum(actor_losses) + sum(critic_losses)
    grads = tape.gradient(loss_value, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    action_probs_history.clear()
    critic_value_history.clear()
    rewards_history.clear()
print("done", running_reward > 0)
