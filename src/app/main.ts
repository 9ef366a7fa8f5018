const main = document.querySelector('#app');
if (main) main.textContent = 'medsa-lab';
